// pjsua2 as PJSIP wraps it, plus our functions: one extension module, because a second one would carry its own copy
// of PJSIP's global state.
%module(directors="1") pjsua2
%{
#include "porter_refer.h"
#include "porter_relay.h"
%}
%include "pjsua2.i"
%include "porter_refer.h"
%include "porter_relay.h"
