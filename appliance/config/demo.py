"""The demo office: three people, two groups, office hours, a simulated GSM line and a simulated door."""

from collections.abc import Callable

from appliance.config.models import (
    USUAL_KINDS,
    Allowance,
    Balance,
    Book,
    Calendar,
    Callback,
    CallLimits,
    CallQueue,
    ConferenceRoom,
    Configuration,
    Contact,
    Diversion,
    Door,
    DoorCall,
    Extension,
    GsmLine,
    HuntStrategy,
    InboundRoute,
    Language,
    Mailbox,
    MailboxRules,
    Membership,
    Menu,
    NoticeReceiver,
    Notices,
    NumberKind,
    OfficePrompt,
    OpeningHours,
    OutboundRoute,
    OutsideLimits,
    Phone,
    Priority,
    RingGroup,
    Screening,
    Script,
    SmsCommands,
    Treatment,
)
from appliance.config.passwords import new_password

OFFICE_NUMBER = "+37160000000"
DACES_MOBILE = "+37120000003"
OWNERS_MOBILE = "+37120000001"
"""May ask for the status by SMS, and ring at night."""

A_CUSTOMER = "+37126000001"
"""Rings Boris first, who is responsible for her."""


def demo_office(choose: Callable[[str], str]) -> Configuration:
    """The demo office with new passwords; `choose` as for `new_password`, at its first start `secrets.choice`."""

    def phones(number: str) -> dict[str, Phone]:
        return {number: Phone(password=new_password(choose), name="Desk")}

    weekday = ("09:00-18:00",)
    return Configuration(
        name="Demo office",
        country="LV",
        default_desk="extension:201",
        extensions={
            "201": Extension(
                name="Anna",
                phones=phones("201"),
                divert=Diversion(no_answer="voicemail:201"),
                pickup_group="office",
                may_dial=(*USUAL_KINDS, NumberKind.INTERNATIONAL),
                # Anna listens to a talk of Boris by *555202.
                may_supervise=("support",),
                # And says the greeting of the menu herself, by *771 to *774.
                may_record_prompts=True,
            ),
            "202": Extension(
                name="Boris", phones=phones("202"), divert=Diversion(no_answer="voicemail:202"), pickup_group="office"
            ),
            "203": Extension(
                name="Dace",
                phones=phones("203"),
                mobile=DACES_MOBILE,
                divert=Diversion(no_answer=f"outside:{DACES_MOBILE}", after_seconds=15),
                pickup_group="office",
            ),
        },
        ring_groups={
            "sales": RingGroup(name="Sales", number="600", members=("201", "202", "203"), then="voicemail:201"),
            "support": RingGroup(
                name="Support",
                number="610",
                members=("202", "203", "201"),
                # Boris and Dace take turns; Anna is the second line, to whom they lift a call by *9.
                membership={"201": Membership(tier=2)},
                strategy=HuntStrategy.ROUND_ROBIN,
                ring_seconds=15,
                wrap_up_seconds=10,
                notes=("Invoice", "Complaint", "Second call"),
                own_note=True,
                # Who answers hears it before the caller; sales does not.
                briefing={
                    Language.EN: "Support.",
                    Language.LV: "Atbalsts.",
                    Language.UK: "Підтримка.",
                    Language.RU: "Поддержка.",
                },
                then="voicemail:helpdesk",
            ),
        },
        # One message, three lamps: whoever listens first by *97 has heard it for all.
        mailboxes={
            "helpdesk": Mailbox(
                name="Support", number="619", members=("201", "202", "203"), rules=MailboxRules(most_minutes=60)
            )
        },
        menus={
            "main": Menu(
                name="Main menu",
                number="800",
                recorded="welcome",
                greeting={
                    Language.EN: "Welcome. For sales press 1, for support 2, to find somebody by name 9. "
                    "If you know an extension, dial it now.",
                    Language.LV: "Laipni lūdzam. Pārdošanai spiediet 1, atbalstam 2, lai atrastu kādu pēc vārda, 9.",
                    Language.UK: "Вітаємо. Відділ продажу: 1, підтримка: 2, пошук за іменем: 9.",
                    Language.RU: "Здравствуйте. Отдел продаж: 1, поддержка: 2, поиск по имени: 9.",
                },
                keys={"1": "ring_group:sales", "2": "ring_group:support", "0": "extension:201"},
                languages={"5": Language.EN, "6": Language.LV, "7": Language.UK, "8": Language.RU},
                dial_by_name="9",
                repeat="*",
            )
        },
        # 630 books a visit, which the page lists under Callers, and from where it can be cancelled.
        scripts={
            "visit": Script(name="Book a visit", number="630", steps=(Book(calendar="visit"),), then="extension:201")
        },
        calendars={"visit": Calendar(name="Visit", hours="office", alert=(OWNERS_MOBILE,))},
        conference_rooms={"meeting": ConferenceRoom(name="Meeting", number="500")},
        call_queues={
            "helpdesk": CallQueue(
                name="Help desk",
                number="620",
                members=("202", "203"),
                strategy=HuntStrategy.LONGEST_IDLE,
                ring_seconds=15,
                wrap_up_seconds=10,
                announcements=(
                    {
                        Language.EN: "Did you know that you can write to us by short message, too?",
                        Language.LV: "Vai zinājāt, ka mums var rakstīt arī īsziņas?",
                        Language.UK: "Чи знали ви, що нам можна писати й короткі повідомлення?",
                        Language.RU: "Знаете ли вы, что нам можно писать и короткие сообщения?",
                    },
                ),
                priorities=(Priority(caller="contact", steps=1),),
                keys={"9": "extension:201"},
                callback=Callback(),
                then="voicemail:201",
            )
        },
        prompts={
            "welcome": OfficePrompt(numbers={Language.EN: "1", Language.LV: "2", Language.UK: "3", Language.RU: "4"})
        },
        # Open by hand: who tries it at night wants to hear the phones ring.
        opening_hours={
            "office": OpeningHours(
                weekly={day: weekday for day in ("mon", "tue", "wed", "thu", "fri")},
                holidays="LV",
                special={"12-31": ("09:00-12:00",)},
                override="open",
            )
        },
        inbound_routes=(
            InboundRoute(name="Main number", hours="office", to="ring_group:sales", closed="voicemail:201"),
        ),
        contacts={
            "owner": Contact(name="The owner", numbers=(OWNERS_MOBILE,), rings_at_night=True),
            "ozola": Contact(name="Liga Ozola", numbers=(A_CUSTOMER,), responsible="202", customer_number="1001"),
        },
        screening=Screening(spam=("+37190*",), withheld=Treatment.CHALLENGE),
        outbound_routes=(OutboundRoute(name="Everywhere", lines=("gsm1",)),),
        # Anna may call abroad; nobody for more than an hour a night.
        outside_limits=OutsideLimits(
            office=CallLimits(at_once=2),
            extension=CallLimits(night=Allowance(minutes=60)),
            alert=(OWNERS_MOBILE,),
        ),
        lines={"gsm1": GsmLine(number=OFFICE_NUMBER, simulated=True, balance=Balance(code="*100#"))},
        # Another desk takes the door by 90; when nobody comes the owner is asked by SMS, and answers with the code.
        doors={
            "front": Door(
                name="Front door",
                rings="ring_group:sales",
                open_digit="5",
                call=DoorCall(number="90", sms=(OWNERS_MOBILE,)),
            )
        },
        notices=Notices(receivers=(NoticeReceiver(to=OWNERS_MOBILE),)),
        sms=SmsCommands(allowed=(OWNERS_MOBILE,)),
        pause_reasons={"1": "Lunch"},
    )
