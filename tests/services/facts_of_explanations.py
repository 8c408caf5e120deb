"""One of each fact that only explanations tell, for the tests of stories."""

from appliance.calls.story import AnyStoryFact, CodesOpen, KeysOffered, ServiceNotAsked, TalkImagined, WrapsUp

ONE_OF_EACH: list[AnyStoryFact] = [
    TalkImagined("Boris", 30.0),
    TalkImagined("Boris", 30.0, flow="rate_talk"),
    CodesOpen("Boris", (("##", "blind_transfer"), ("*1", "record"))),
    WrapsUp("202", 20.0),
    KeysOffered((("1", "extension:201"), ("0", "hang_up"))),
    ServiceNotAsked("erp.example", True),
    ServiceNotAsked("erp.example", False),
]
