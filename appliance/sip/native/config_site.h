/* How PJSIP is built for Porter. Each line says why; the rest is PJSIP's default. */

#define PJ_HAS_IPV6 1
/* From level 5 on PJSIP prints SRTP keys, and until it is configured it prints everything up to this level. */
#define PJ_LOG_MAX_LEVEL 3

/* Sized for 64 simultaneous calls of two legs, with room: one leg per registration while a group rings. */
#define PJSUA_MAX_CALLS 512
#define PJSUA_MAX_ACC 64
#define PJSUA_MAX_BUDDIES 16
#define PJSUA_MAX_CONF_PORTS 2048
#define PJSUA_MAX_PLAYERS 512
#define PJSUA_MAX_RECORDERS 512
#define PJSIP_MAX_TSX_COUNT (8 * 1024 - 1)
#define PJSIP_MAX_DIALOG_COUNT (8 * 1024 - 1)
#define PJSIP_MAX_TRANSPORTS 1024

/* select() stops at 64 handles here and at 1024 descriptors anywhere; each leg has two sockets. */
#define PJ_IOQUEUE_MAX_HANDLES 4096
#define PJ_IOQUEUE_IMP PJ_IOQUEUE_IMP_EPOLL

/* A browser's offer with its ICE candidates and the edge's headers passes 4,000 bytes. */
#define PJSIP_MAX_PKT_LEN 16000
#define PJSIP_MAX_URL_SIZE 1000

/* SIP leaves us on loopback only, where a large INVITE needs no TCP; the edge chooses the transport to the phone. */
#define PJSIP_DONT_SWITCH_TO_TCP 1

/* A burst of calls must not be lost in the kernel while Python is busy; the kernel's rmem_max is the real limit. */
#define PJSIP_UDP_SO_SNDBUF_SIZE (4 * 1024 * 1024)
#define PJSIP_UDP_SO_RCVBUF_SIZE (4 * 1024 * 1024)

/* What every desk phone offers; some answer with their own number regardless of the offer. */
#define PJMEDIA_RTP_PT_TELEPHONE_EVENTS 101

#define PJMEDIA_HAS_VIDEO 0
#define PJSUA_HAS_VIDEO 0
#define PJMEDIA_HAS_SRTP 1
#define PJMEDIA_SRTP_HAS_DTLS 1
#define PJSIP_HAS_TLS_TRANSPORT 1
#define PJMEDIA_HAS_G722_CODEC 1
#define PJMEDIA_HAS_OPUS_CODEC 1

/* Removed from Debian's copy of the source. */
#define PJMEDIA_AUDIO_DEV_HAS_BDIMAD 0
