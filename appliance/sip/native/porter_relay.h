/* RTP of two calls passed straight on to each other; see porter_relay.c. */
#ifndef PORTER_RELAY_H
#define PORTER_RELAY_H

#ifdef __cplusplus
extern "C" {
#endif

/* Why two calls were not joined. */
enum PorterRelayRefusal {
    PORTER_RELAY_JOINED = 0,
    PORTER_RELAY_NO_SOUND = 1,   /* one of them has no media now */
    PORTER_RELAY_NOT_ALIKE = 2,  /* they speak different codecs */
    PORTER_RELAY_ENGAGED = 3     /* one of them is joined with another call */
};

/* Take part in the media of every call from now on. Once, after PJSIP was initialised; a PJSIP status. */
int porter_relay_install(void);

/* Let two calls hear each other without the bridge. Both numbers are PJSIP's. A PorterRelayRefusal. */
int porter_relay_join(int one, int other);

/* Undo it; calls that are not joined stay as they are. */
void porter_relay_part(int one);

/* Packets passed on since the start, for tests and figures. */
unsigned long porter_relay_passed(void);

#ifdef __cplusplus
}
#endif

#endif
