/* A PJSIP module that takes REFER between the transport and the transaction layer.
 *
 * pjsua places the new call itself for every REFER it is not told to reject, and tells the application about it when
 * it is too late for a flow to own the transfer. Seen from here the dialog layer does not know of the REFER at all,
 * so what it would have done is done below: the dialog is looked up (else 481), its CSeq is checked and moved on
 * (RFC 3261 12.2.2), and the answer carries its Contact. The answer is stateless: a retransmission (same Call-ID,
 * CSeq and branch) gets the same answer again and is not reported twice.
 *
 * NOTIFYs about the transfer are sent by the application inside the dialog (Call.sendRequest).
 */
#include "porter_refer.h"

#include <pjsip.h>
#include <pjsip_ua.h>
#include <pjsua-lib/pjsua.h>
#include <pthread.h>
#include <string.h>

/* Above the transport (8), below the transaction layer (16). */
#define PRIORITY (PJSIP_MOD_PRIORITY_TRANSPORT_LAYER + 4)
#define WAITING 64   /* facts not yet fetched: far more transfers than an office starts in one turn of its loop */
#define ANSWERED 128 /* answers remembered: all of Timer J's 32 s, at four transfers a second */

typedef struct answer {
    char key[512];
    int code;
} answer;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static ReferFact waiting[WAITING];
static unsigned first_waiting, waiting_count;
static answer answered[ANSWERED];
static unsigned next_answered;
static unsigned repeated, refused;

static pj_bool_t on_rx_request(pjsip_rx_data *rdata);

static pjsip_module module = {
    NULL, NULL, { "mod-porter-refer", 16 }, -1, PRIORITY,
    NULL, NULL, NULL, NULL, &on_rx_request, NULL, NULL, NULL, NULL
};

/* False when the text does not fit, so nothing is ever cut short unnoticed. */
static pj_bool_t copy_text(char *to, size_t size, const pj_str_t *from)
{
    if (from->slen < 0 || (size_t)from->slen >= size)
        return PJ_FALSE;
    memcpy(to, from->ptr, from->slen);
    to[from->slen] = '\0';
    return PJ_TRUE;
}

static pj_bool_t transaction_key(const pjsip_rx_data *rdata, char *key, size_t size)
{
    const pj_str_t *call_id = &rdata->msg_info.cid->id;
    const pj_str_t *branch = &rdata->msg_info.via->branch_param;
    int length = snprintf(key, size, "%.*s %d %.*s", (int)call_id->slen, call_id->ptr,
                          (int)rdata->msg_info.cseq->cseq, (int)branch->slen, branch->ptr);
    return length > 0 && (size_t)length < size;
}

static int earlier_answer(const char *key)
{
    for (unsigned i = 0; i < ANSWERED; ++i)
        if (answered[i].code != 0 && strcmp(answered[i].key, key) == 0)
            return answered[i].code;
    return 0;
}

static void remember_answer(const char *key, int code)
{
    strcpy(answered[next_answered].key, key);
    answered[next_answered].code = code;
    next_answered = (next_answered + 1) % ANSWERED;
}

/* The value of the only Refer-To, or NULL where RFC 3515 2.4.2 asks for 400. */
static const pj_str_t *only_refer_to(pjsip_rx_data *rdata)
{
    static const pj_str_t name = { "Refer-To", 8 }, short_name = { "r", 1 };
    pjsip_msg *msg = rdata->msg_info.msg;
    pjsip_generic_string_hdr *header = pjsip_msg_find_hdr_by_names(msg, &name, &short_name, NULL);
    pj_str_t text;
    pjsip_uri *uri;

    if (header == NULL || header->hvalue.slen == 0)
        return NULL;
    if (header->next != (void *)&msg->hdr && pjsip_msg_find_hdr_by_names(msg, &name, &short_name, header->next))
        return NULL;
    pj_strdup_with_null(rdata->tp_info.pool, &text, &header->hvalue);
    uri = pjsip_parse_uri(rdata->tp_info.pool, text.ptr, text.slen, 0);
    if (uri == NULL)
        return NULL;
    if (!PJSIP_URI_SCHEME_IS_SIP(uri) && !PJSIP_URI_SCHEME_IS_SIPS(uri) && !PJSIP_URI_SCHEME_IS_TEL(uri))
        return NULL;
    return &header->hvalue;
}

static pj_bool_t describe(pjsip_rx_data *rdata, const pj_str_t *refer_to, ReferFact *fact)
{
    static const pj_str_t name = { "Referred-By", 11 }, short_name = { "b", 1 };
    pjsip_generic_string_hdr *referred_by =
        pjsip_msg_find_hdr_by_names(rdata->msg_info.msg, &name, &short_name, NULL);

    memset(fact, 0, sizeof *fact);
    fact->cseq = (unsigned)rdata->msg_info.cseq->cseq;
    return copy_text(fact->call_id, sizeof fact->call_id, &rdata->msg_info.cid->id)
        && copy_text(fact->local_tag, sizeof fact->local_tag, &rdata->msg_info.to->tag)
        && copy_text(fact->remote_tag, sizeof fact->remote_tag, &rdata->msg_info.from->tag)
        && copy_text(fact->refer_to, sizeof fact->refer_to, refer_to)
        && (!referred_by || copy_text(fact->referred_by, sizeof fact->referred_by, &referred_by->hvalue));
}

static pj_bool_t enqueue(const ReferFact *fact)
{
    if (waiting_count == WAITING) {
        ++refused;
        return PJ_FALSE;
    }
    waiting[(first_waiting + waiting_count++) % WAITING] = *fact;
    return PJ_TRUE;
}

static void respond(pjsip_rx_data *rdata, int code, const char *reason, pjsip_dialog *dialog)
{
    pjsip_hdr headers;
    pj_str_t text = pj_str((char *)(reason ? reason : ""));

    pj_list_init(&headers);
    if (dialog && dialog->local.contact)
        pj_list_push_back(&headers, pjsip_hdr_clone(rdata->tp_info.pool, dialog->local.contact));
    pjsip_endpt_respond_stateless(pjsua_get_pjsip_endpt(), rdata, code, reason ? &text : NULL, &headers, NULL);
}

/* What to answer to a REFER seen for the first time. The dialog is locked, `lock` is held. */
static int decide(pjsip_rx_data *rdata, pjsip_dialog *dialog, const char **reason)
{
    const pj_str_t *refer_to = only_refer_to(rdata);
    ReferFact fact;

    if (rdata->msg_info.cseq->cseq <= dialog->remote.cseq) {
        *reason = "Invalid CSeq";
        return PJSIP_SC_INTERNAL_SERVER_ERROR;
    }
    dialog->remote.cseq = rdata->msg_info.cseq->cseq;
    if (refer_to == NULL) {
        *reason = "One Refer-To with a sip or tel URI is needed";
        return PJSIP_SC_BAD_REQUEST;
    }
    if (!describe(rdata, refer_to, &fact)) {
        *reason = "Header too long";
        return PJSIP_SC_BAD_REQUEST;
    }
    return enqueue(&fact) ? PJSIP_SC_ACCEPTED : PJSIP_SC_SERVICE_UNAVAILABLE;
}

static pj_bool_t on_rx_request(pjsip_rx_data *rdata)
{
    char key[sizeof answered[0].key];
    const char *reason = NULL;
    pjsip_dialog *dialog;
    int code;

    if (pjsip_method_cmp(&rdata->msg_info.msg->line.req.method, pjsip_get_refer_method()) != 0)
        return PJ_FALSE;
    if (rdata->msg_info.to->tag.slen == 0) {
        /* Nobody may make this telephone dial from outside a call. */
        respond(rdata, PJSIP_SC_FORBIDDEN, NULL, NULL);
        return PJ_TRUE;
    }
    if (!transaction_key(rdata, key, sizeof key)) {
        respond(rdata, PJSIP_SC_BAD_REQUEST, "Header too long", NULL);
        return PJ_TRUE;
    }
    dialog = pjsip_ua_find_dialog(&rdata->msg_info.cid->id, &rdata->msg_info.to->tag,
                                  &rdata->msg_info.from->tag, PJ_TRUE);
    if (dialog == NULL || pjsip_dlg_get_inv_session(dialog) == NULL) {
        if (dialog)
            pjsip_dlg_dec_lock(dialog);
        respond(rdata, PJSIP_SC_CALL_TSX_DOES_NOT_EXIST, NULL, NULL);
        return PJ_TRUE;
    }

    pthread_mutex_lock(&lock);
    code = earlier_answer(key);
    if (code != 0) {
        ++repeated;
    } else {
        code = decide(rdata, dialog, &reason);
        remember_answer(key, code);
    }
    pthread_mutex_unlock(&lock);

    respond(rdata, code, reason, dialog);
    pjsip_dlg_dec_lock(dialog);
    return PJ_TRUE;
}

int porter_refer_install(void)
{
    pjsip_endpoint *endpoint = pjsua_get_pjsip_endpt();

    if (endpoint == NULL)
        return PJ_EINVALIDOP;
    if (module.id != -1)
        return PJ_EEXISTS;
    pthread_mutex_lock(&lock);
    waiting_count = 0;
    memset(answered, 0, sizeof answered);
    pthread_mutex_unlock(&lock);
    return pjsip_endpt_register_module(endpoint, &module);
}

int porter_refer_next(ReferFact *fact)
{
    int found = 0;

    pthread_mutex_lock(&lock);
    if (waiting_count > 0) {
        *fact = waiting[first_waiting];
        first_waiting = (first_waiting + 1) % WAITING;
        --waiting_count;
        found = 1;
    }
    pthread_mutex_unlock(&lock);
    return found;
}

unsigned porter_refer_repeated(void) { return repeated; }

unsigned porter_refer_refused(void) { return refused; }
