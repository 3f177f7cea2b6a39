"""The mails in English."""

from submissions.mail.rules.words.catalogue import Catalogue, Message, Words

ENGLISH = Catalogue(
    messages={
        Message.RECEIVED: Words(
            subject="We have your entry — {reference}",
            title="We have your entry.",
            before="Thank you for taking part in “{campaign}”. "
            "We'll write to you as soon as there is news.",
        ),
        Message.RECEIVED_REVIEW: Words(
            subject="We have your entry — {reference}",
            title="We have your entry.",
            before="Thank you for taking part in “{campaign}”. "
            "We'll look at your entry by {day} and write to you again then.",
            after="There's nothing you need to do until then. "
            "Please keep your receipt, in case we ask for another photo.",
        ),
        Message.RECEIVED_COUNTS: Words(
            subject="Your entry counts — {reference}",
            title="Your entry counts.",
            before="Thank you for taking part in “{campaign}”. You're in, "
            "and there's nothing else you need to do.",
        ),
        Message.RECEIVED_AGAIN: Words(
            subject="We have your new photo — {reference}",
            title="We have your new photo.",
            before="Thank you. We'll look at it by {day} and write to you again then. "
            "Your entry in “{campaign}” keeps its time and its reference.",
        ),
        Message.APPROVED: Words(
            subject="Your entry counts — {reference}",
            title="Your entry counts.",
            before="We've looked at your entry in “{campaign}”, and all is well.",
            after="There's nothing else you need to do. Good luck!",
        ),
        Message.REJECTED: Words(
            subject="We couldn't accept your entry — {reference}",
            title="We couldn't accept your entry.",
            before="We've looked at your entry in “{campaign}”. This is why it can't count:",
            after="If you think we've got this wrong, just reply to this mail.",
        ),
        Message.ASKED_AGAIN: Words(
            subject="One more photo, please — by {day}",
            title="One more photo, please.",
            before="We've looked at your entry in “{campaign}”. It needs a better photo:",
            after="Please send it by {deadline}. Your entry keeps its time and its reference.",
            button="Send the photo",
        ),
        Message.REMINDER: Words(
            subject="Your photo is still missing — please send it by {day}",
            title="Your photo is still missing.",
            before="We asked you for a better photo for your entry in “{campaign}”:",
            after="Please send it by {deadline}. After that, your entry can't count.",
            button="Send the photo",
        ),
    },
    hello="Hello {name},",
    hello_nobody="Hello,",
    button="See your entry",
    reference="Your reference",
    help="Questions? Reply to this mail or write to {email}.",
    help_phone="Questions? Reply to this mail, write to {email} or call {phone}.",
    why="You get this mail because this address was given for an entry in “{campaign}” by {client}.",
    test="Test: ",
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    day="{number} {month}",
    months="January February March April May June July August September October November December",
)
