/* Transfers asked for by phones (RFC 3515), taken before pjsua can act on them; see porter_refer.c.
 *
 * Wrapped by SWIG into the module pjsua2, so Python sees pjsua2.porter_refer_install(), pjsua2.porter_refer_next(fact)
 * and the class pjsua2.ReferFact.
 */
#ifndef PORTER_REFER_H
#define PORTER_REFER_H

#ifdef __cplusplus
extern "C" {
#endif

/* One accepted REFER. Texts are what came over the wire, "" where the header was absent. */
typedef struct ReferFact {
    char call_id[256];
    char local_tag[160];    /* To tag: our side of the dialog */
    char remote_tag[160];   /* From tag: the phone that asks */
    char refer_to[1024];    /* whole header value: "<sip:22@office?Replaces=...>" */
    char referred_by[512];  /* whole header value (RFC 3892) */
    unsigned cseq;          /* NOTIFY carries it as "Event: refer;id=<cseq>" (RFC 3515 2.4.6) */
} ReferFact;

/* Starts taking REFER. After Endpoint.libInit(), once per libCreate(). 0, or a PJSIP status. */
int porter_refer_install(void);

/* Fills `fact` with the oldest one not yet fetched. 1, or 0 when there is none. Any thread. */
int porter_refer_next(ReferFact *fact);

/* Since the start: asked again (retransmissions answered anew), and turned away because nobody fetched. */
unsigned porter_refer_repeated(void);
unsigned porter_refer_refused(void);

#ifdef __cplusplus
}
#endif
#endif
