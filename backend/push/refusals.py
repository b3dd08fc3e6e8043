"""What this room refuses."""

from backend.core.refusals import Forbidden, Refusal, Unknown


class NoticeUnknown(Unknown):
    """No such notice, or none that concerns this person."""

    code, title = "push/notice-unknown", "No such notice"


class AddressUnknown(Unknown):
    """No such address of this person."""

    code, title = "push/address-unknown", "No such push address"


class ProviderUnknown(Unknown):
    """No provider of that name sends receipts here."""

    code, title = "push/provider-unknown", "No such provider"


class GroupUnknown(Unknown):
    """No such group."""

    code, title = "push/group-unknown", "No such group"


class OtherTerritory(Forbidden):
    """A division lies outside the territory of the roles that this asks for."""

    code, title = "push/other-territory", "Another territory"


class PayloadTooLarge(Refusal):
    """The words do not fit into what a provider carries."""

    status, code, title = 400, "push/payload-too-large", "Too long for a push message"


class LinkRefused(Refusal):
    """A notice that promises to have no link has one."""

    status, code, title = 400, "push/link-refused", "A link where none may be"


class NobodyAsked(Refusal):
    """The audience names nobody."""

    status, code, title = 400, "push/nobody-asked", "For whom?"


class NotPublic(Refusal):
    """Words that are not public cannot go to a group."""

    status, code, title = 400, "push/not-public", "Not for a group"


class CampaignOver(Refusal):
    """A campaign that is over stays so."""

    status, code, title = 409, "push/campaign-over", "The campaign is over"
