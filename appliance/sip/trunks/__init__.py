"""SIP lines as the adapter sees them: registering, who calls, what is shown, how a call is begun."""
