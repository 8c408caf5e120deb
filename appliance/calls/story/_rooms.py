"""Conference rooms, the intercom and paging."""

from appliance.calls.story._base import StoryFact


class EnteredRoom(StoryFact, frozen=True):
    """The caller went into a conference room."""

    room: str
    people: int
    """How many are in it now, the caller among them."""


class LeftRoom(StoryFact, frozen=True):
    """The caller left the room, or it was given up."""

    room: str
    seconds: float


class Paged(StoryFact, frozen=True):
    """Telephones that answered by themselves let everybody beside them hear the caller."""

    group: str
    people: int
    """How many heard the announcement."""


RoomFact = EnteredRoom | LeftRoom | Paged
