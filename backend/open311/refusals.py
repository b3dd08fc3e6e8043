"""What the house's own addresses for partners say no with; GeoReport's are in `errors`."""

from backend.core.refusals import Refusal, Unknown


class PartnerUnknown(Unknown):
    """No such partner, or none in this person's territory."""

    code, title = "open311/partner-unknown", "No such partner"


class DeliveryUnknown(Unknown):
    """No such delivery, or none in this person's territory."""

    code, title = "open311/delivery-unknown", "No such delivery"


class PartnerClosed(Refusal):
    """The exchange with this partner has ended."""

    status, code, title = 409, "open311/partner-closed", "The exchange with this partner has ended"


class WebhookOff(Refusal):
    """Nothing is sent to this partner."""

    status, code, title = 409, "open311/webhook-off", "Nothing is sent to this partner"


class BodyGone(Refusal):
    """What was sent is no longer kept."""

    status, code, title = 409, "open311/body-gone", "What was sent is no longer kept"


class AddressForbidden(Refusal):
    """The address of a webhook is not one that we send to."""

    status, code, title = 400, "open311/address-forbidden", "Nothing is sent to this address"
