/* RTP of two calls passed straight on to each other, where nobody needs the samples in between.
 *
 * The bridge costs a decoder, a mixer, an encoder and a jitter buffer per leg, and holds every frame for 20 to 40 ms.
 * Two phones that speak the same codec need none of it. An adapter stands between each call's stream and its transport
 * (above SRTP, so packets are plain here). While two calls are joined, the audio packets of one go out as the other's;
 * telephone events (RFC 4733) and everything else still go to the call's own stream, since what a key means is decided
 * by a flow and not by the far end.
 *
 * Seen from a phone nothing changes hands: SSRC, sequence numbers and time stamps go on as one stream (RFC 3550 5.1)
 * whether a packet comes from the bridge or from the other call. For that all packets that leave are numbered here, and
 * the time stamps of each source are moved by what makes its first packet continue the time line; that packet carries
 * the marker of a new talk spurt (RFC 3551 4.1).
 *
 * The first packets of a call go both ways, since from them the stream learns where a phone behind a NAT really is.
 *
 * One lock guards who is joined with whom and all sending: packets come in on the media thread, the bridge sends from
 * its clock's thread, calls end on the main thread.
 */
#include "porter_relay.h"

#include <pjlib.h>
#include <pjmedia.h>
#include <pjsua-lib/pjsua.h>
#include <pjsua-lib/pjsua_internal.h>
#include <pthread.h>
#include <string.h>

#define HEADER 12
#define NO_PAYLOAD_TYPE 0xFF

/* After so many packets the stream has decided where its phone is, which behind a NAT is not what SDP says; it needs
 * PJMEDIA_RTP_NAT_PROBATION_CNT (10). As many from elsewhere, and none from the known place, move the phone. */
#define PROBATION 12

enum source { FROM_BRIDGE, FROM_PEER, SOURCES };

typedef struct side {
    pjmedia_transport base;
    pj_pool_t *pool;
    pjmedia_transport *inner;
    pj_bool_t owns_inner;
    int call;

    /* Of the stream above us. */
    void *stream;
    void (*stream_rtp)(void *stream, void *packet, pj_ssize_t size);
    void (*stream_rtp2)(pjmedia_tp_cb_param *param);
    void (*stream_rtcp)(void *stream, void *packet, pj_ssize_t size);

    /* Where the phone's packets come from. */
    pj_sockaddr place;
    unsigned seen, strange;

    /* While joined. */
    struct side *peer;
    pj_uint8_t audio_in, audio_out;

    /* The one stream the phone sees. */
    pj_uint32_t ssrc;
    pj_uint32_t rtp_clock;
    pj_uint16_t sequence;
    pj_uint32_t last_stamp;
    pj_timestamp last_sent;
    pj_bool_t has_sent;
    enum source audio_from;
    pj_bool_t is_placed[SOURCES];
    pj_uint32_t shift[SOURCES];
} side;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static side *side_of[PJSUA_MAX_CALLS];
static unsigned long passed;
static pjmedia_transport *(*earlier)(pjsua_call_id, unsigned, pjmedia_transport *, unsigned);

static pj_uint16_t get16(const pj_uint8_t *at) { return (pj_uint16_t)(at[0] << 8 | at[1]); }
static pj_uint32_t get32(const pj_uint8_t *at) { return (pj_uint32_t)get16(at) << 16 | get16(at + 2); }

static void put16(pj_uint8_t *at, pj_uint16_t value)
{
    at[0] = (pj_uint8_t)(value >> 8);
    at[1] = (pj_uint8_t)value;
}

static void put32(pj_uint8_t *at, pj_uint32_t value)
{
    put16(at, (pj_uint16_t)(value >> 16));
    put16(at + 2, (pj_uint16_t)value);
}

static pj_bool_t is_rtp(const pj_uint8_t *packet, pj_ssize_t size)
{
    return size > HEADER && size <= PJMEDIA_MAX_MTU && packet[0] >> 6 == 2;
}

static pj_uint8_t payload_type(const pj_uint8_t *packet) { return packet[1] & 0x7F; }

/* Where the phone's time line stands now, in units of the RTP clock. */
static pj_uint32_t stamp_now(const side *self)
{
    pj_timestamp now;

    pj_get_timestamp(&now);
    return self->last_stamp + pj_elapsed_msec(&self->last_sent, &now) * (self->rtp_clock / 1000);
}

/* Whether the time line follows this packet: not for events, whose stamp stands still while a key is held. */
static pj_bool_t is_audio(const side *self, enum source from, const pj_uint8_t *packet)
{
    return from == FROM_PEER || self->audio_out == NO_PAYLOAD_TYPE || payload_type(packet) == self->audio_out;
}

/* Send a packet of either source as the next one of the phone's stream. The lock is held. */
static pj_status_t send_next(side *self, enum source from, const void *packet, pj_size_t size)
{
    pj_uint8_t copy[PJMEDIA_MAX_MTU];
    pj_bool_t audio = is_audio(self, from, packet);

    memcpy(copy, packet, size);
    if (!self->has_sent) {
        self->sequence = get16(copy + 2);
    } else if (audio ? self->audio_from != from : !self->is_placed[from]) {
        self->shift[from] = stamp_now(self) - get32(copy + 4);
        if (audio)
            copy[1] |= 0x80;
    }
    self->is_placed[from] = PJ_TRUE;
    put16(copy + 2, self->sequence++);
    put32(copy + 4, get32(copy + 4) + self->shift[from]);
    if (from == FROM_PEER) {
        copy[1] = (copy[1] & 0x80) | self->audio_out;
        put32(copy + 8, self->ssrc);
    }
    if (audio || !self->has_sent) {
        self->audio_from = from;
        self->last_stamp = get32(copy + 4);
        pj_get_timestamp(&self->last_sent);
    }
    self->has_sent = PJ_TRUE;
    return pjmedia_transport_send_rtp(self->inner, copy, size);
}

/* Whether a packet comes from the phone, and whether the stream has to see it to learn where the phone is. */
static pj_bool_t is_from_phone(side *self, const pj_sockaddr *from, pj_bool_t *stream_learns)
{
    *stream_learns = self->seen < PROBATION;
    if (self->seen < PROBATION) {
        ++self->seen;
    } else if (from != NULL && pj_sockaddr_cmp(&self->place, from) != 0) {
        *stream_learns = PJ_TRUE;
        if (++self->strange < PROBATION)
            return PJ_FALSE;
    }
    self->strange = 0;
    if (from != NULL)
        pj_sockaddr_cp(&self->place, from);
    return PJ_TRUE;
}

/* Pass a packet on to the peer; false when the stream has to see it. */
static pj_bool_t pass_on(side *self, const pjmedia_tp_cb_param *param)
{
    pj_bool_t stream_learns = PJ_TRUE;
    pj_bool_t done = PJ_FALSE;

    pthread_mutex_lock(&lock);
    if (is_rtp(param->pkt, param->size) && is_from_phone(self, param->src_addr, &stream_learns)
        && self->peer != NULL && payload_type(param->pkt) == self->audio_in) {
        send_next(self->peer, FROM_PEER, param->pkt, (pj_size_t)param->size);
        ++passed;
        done = !stream_learns;
    }
    pthread_mutex_unlock(&lock);
    return done;
}

/* The lock is held. */
static void part(side *self)
{
    if (self->peer != NULL) {
        self->peer->peer = NULL;
        self->peer = NULL;
    }
}

/* What comes in. */

static void on_rtp(pjmedia_tp_cb_param *param)
{
    side *self = param->user_data;

    if (pass_on(self, param))
        return;
    if (self->stream_rtp2) {
        pjmedia_tp_cb_param inner = *param;

        inner.user_data = self->stream;
        self->stream_rtp2(&inner);
        param->rem_switch = inner.rem_switch;
    } else if (self->stream_rtp) {
        self->stream_rtp(self->stream, param->pkt, param->size);
    }
}

static void on_rtcp(void *user_data, void *packet, pj_ssize_t size)
{
    side *self = user_data;

    if (self->stream_rtcp)
        self->stream_rtcp(self->stream, packet, size);
}

/* What goes out, and the rest of a transport's duties, which are the inner one's. */

static pj_status_t send_rtp(pjmedia_transport *transport, const void *packet, pj_size_t size)
{
    side *self = (side *)transport;
    pj_status_t status = PJ_SUCCESS;

    if (!is_rtp(packet, (pj_ssize_t)size))
        return pjmedia_transport_send_rtp(self->inner, packet, size);
    pthread_mutex_lock(&lock);
    if (self->peer == NULL || payload_type(packet) != self->audio_out)
        status = send_next(self, FROM_BRIDGE, packet, size);
    pthread_mutex_unlock(&lock);
    return status;
}

static pj_status_t send_rtcp(pjmedia_transport *transport, const void *packet, pj_size_t size)
{
    return pjmedia_transport_send_rtcp(((side *)transport)->inner, packet, size);
}

static pj_status_t send_rtcp2(pjmedia_transport *transport, const pj_sockaddr_t *address, unsigned length,
                              const void *packet, pj_size_t size)
{
    return pjmedia_transport_send_rtcp2(((side *)transport)->inner, address, length, packet, size);
}

static pj_status_t get_info(pjmedia_transport *transport, pjmedia_transport_info *info)
{
    return pjmedia_transport_get_info(((side *)transport)->inner, info);
}

static void forget_stream(side *self)
{
    self->stream = NULL;
    self->stream_rtp = NULL;
    self->stream_rtp2 = NULL;
    self->stream_rtcp = NULL;
}

static pj_status_t attach2(pjmedia_transport *transport, pjmedia_transport_attach_param *param)
{
    side *self = (side *)transport;
    pj_status_t status;

    self->stream = param->user_data;
    self->stream_rtp = param->rtp_cb;
    self->stream_rtp2 = param->rtp_cb2;
    self->stream_rtcp = param->rtcp_cb;
    param->user_data = self;
    param->rtp_cb = NULL;
    param->rtp_cb2 = &on_rtp;
    param->rtcp_cb = &on_rtcp;
    status = pjmedia_transport_attach2(self->inner, param);
    if (status != PJ_SUCCESS)
        forget_stream(self);
    return status;
}

static void detach(pjmedia_transport *transport, void *stream)
{
    side *self = (side *)transport;

    PJ_UNUSED_ARG(stream);
    pthread_mutex_lock(&lock);
    part(self);
    self->audio_in = self->audio_out = NO_PAYLOAD_TYPE;
    self->seen = 0;
    pthread_mutex_unlock(&lock);
    if (self->stream != NULL) {
        pjmedia_transport_detach(self->inner, self);
        forget_stream(self);
    }
}

static pj_status_t media_create(pjmedia_transport *transport, pj_pool_t *pool, unsigned options,
                                const pjmedia_sdp_session *remote, unsigned index)
{
    return pjmedia_transport_media_create(((side *)transport)->inner, pool, options, remote, index);
}

static pj_status_t encode_sdp(pjmedia_transport *transport, pj_pool_t *pool, pjmedia_sdp_session *local,
                              const pjmedia_sdp_session *remote, unsigned index)
{
    return pjmedia_transport_encode_sdp(((side *)transport)->inner, pool, local, remote, index);
}

static pj_status_t media_start(pjmedia_transport *transport, pj_pool_t *pool, const pjmedia_sdp_session *local,
                               const pjmedia_sdp_session *remote, unsigned index)
{
    return pjmedia_transport_media_start(((side *)transport)->inner, pool, local, remote, index);
}

static pj_status_t media_stop(pjmedia_transport *transport)
{
    side *self = (side *)transport;

    pthread_mutex_lock(&lock);
    part(self);
    pthread_mutex_unlock(&lock);
    return pjmedia_transport_media_stop(self->inner);
}

static pj_status_t simulate_lost(pjmedia_transport *transport, pjmedia_dir direction, unsigned percent)
{
    return pjmedia_transport_simulate_lost(((side *)transport)->inner, direction, percent);
}

static void release(void *user_data) { pj_pool_release(((side *)user_data)->pool); }

static pj_status_t destroy(pjmedia_transport *transport)
{
    side *self = (side *)transport;

    pthread_mutex_lock(&lock);
    part(self);
    if (side_of[self->call] == self)
        side_of[self->call] = NULL;
    pthread_mutex_unlock(&lock);
    if (self->owns_inner)
        pjmedia_transport_close(self->inner);
    /* The memory goes with the last of those who hold the group lock, of which a callback under way is one. */
    if (self->base.grp_lock)
        pj_grp_lock_dec_ref(self->base.grp_lock);
    else
        release(self);
    return PJ_SUCCESS;
}

static pjmedia_transport_op operations = {
    &get_info, NULL, &detach, &send_rtp, &send_rtcp, &send_rtcp2, &media_create, &encode_sdp,
    &media_start, &media_stop, &simulate_lost, &destroy, &attach2,
};

/* Stand between a new call's stream and its transport. */
static pjmedia_transport *on_create(pjsua_call_id call, unsigned index, pjmedia_transport *inner, unsigned flags)
{
    pj_pool_t *pool;
    side *self;

    if (earlier)
        inner = earlier(call, index, inner, flags);
    if (inner == NULL || index != 0 || call < 0 || call >= PJSUA_MAX_CALLS)
        return inner;
    pool = pjmedia_endpt_create_pool(pjsua_get_pjmedia_endpt(), "relay%p", 512, 512);
    if (pool == NULL)
        return inner;
    self = PJ_POOL_ZALLOC_T(pool, side);
    self->pool = pool;
    self->inner = inner;
    self->owns_inner = (flags & PJSUA_MED_TP_CLOSE_MEMBER) != 0;
    self->call = call;
    self->audio_in = self->audio_out = NO_PAYLOAD_TYPE;
    self->rtp_clock = 8000;
    pj_ansi_strxcpy(self->base.name, pool->obj_name, sizeof self->base.name);
    self->base.type = (pjmedia_transport_type)(PJMEDIA_TRANSPORT_TYPE_USER + 1);
    self->base.op = &operations;
    if (inner->grp_lock) {
        self->base.grp_lock = inner->grp_lock;
        pj_grp_lock_add_ref(inner->grp_lock);
        pj_grp_lock_add_handler(inner->grp_lock, pool, self, &release);
    }
    pthread_mutex_lock(&lock);
    side_of[call] = self;
    pthread_mutex_unlock(&lock);
    return &self->base;
}

int porter_relay_install(void)
{
    if (pjsua_get_pjmedia_endpt() == NULL)
        return PJ_EINVALIDOP;
    if (pjsua_var.ua_cfg.cb.on_create_media_transport == &on_create)
        return PJ_EEXISTS;
    earlier = pjsua_var.ua_cfg.cb.on_create_media_transport;
    pjsua_var.ua_cfg.cb.on_create_media_transport = &on_create;
    return PJ_SUCCESS;
}

static pj_bool_t describe(int call, pjsua_stream_info *info)
{
    return call >= 0 && call < PJSUA_MAX_CALLS && pjsua_call_is_active(call)
        && pjsua_call_get_stream_info(call, 0, info) == PJ_SUCCESS && info->type == PJMEDIA_TYPE_AUDIO;
}

/* Of one codec, so that a packet of the one is a packet of the other: name, clock and channels. */
static pj_bool_t are_alike(const pjmedia_codec_info *one, const pjmedia_codec_info *other)
{
    return pj_stricmp(&one->encoding_name, &other->encoding_name) == 0 && one->clock_rate == other->clock_rate
        && one->channel_cnt == other->channel_cnt;
}

/* The lock is held. */
static void know(side *self, const pjmedia_stream_info *info)
{
    self->audio_in = (pj_uint8_t)info->rx_pt;
    self->audio_out = (pj_uint8_t)info->tx_pt;
    self->ssrc = info->ssrc;
    /* G.722 is sampled at 16 kHz and stamped at 8 kHz (RFC 3551 4.5.2). */
    self->rtp_clock = info->rx_pt == PJMEDIA_RTP_PT_G722 ? 8000 : info->fmt.clock_rate;
}

int porter_relay_join(int one, int other)
{
    pjsua_stream_info ours, theirs;
    int refusal = PORTER_RELAY_JOINED;
    side *first, *second;

    if (one == other || !describe(one, &ours) || !describe(other, &theirs))
        return PORTER_RELAY_NO_SOUND;
    if (!are_alike(&ours.info.aud.fmt, &theirs.info.aud.fmt))
        return PORTER_RELAY_NOT_ALIKE;
    pthread_mutex_lock(&lock);
    first = side_of[one];
    second = side_of[other];
    if (first == NULL || second == NULL) {
        refusal = PORTER_RELAY_NO_SOUND;
    } else if (first->peer != NULL || second->peer != NULL) {
        refusal = PORTER_RELAY_ENGAGED;
    } else {
        know(first, &ours.info.aud);
        know(second, &theirs.info.aud);
        first->peer = second;
        second->peer = first;
    }
    pthread_mutex_unlock(&lock);
    return refusal;
}

void porter_relay_part(int one)
{
    pthread_mutex_lock(&lock);
    if (one >= 0 && one < PJSUA_MAX_CALLS && side_of[one] != NULL)
        part(side_of[one]);
    pthread_mutex_unlock(&lock);
}

unsigned long porter_relay_passed(void)
{
    unsigned long count;

    pthread_mutex_lock(&lock);
    count = passed;
    pthread_mutex_unlock(&lock);
    return count;
}
