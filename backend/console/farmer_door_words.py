"""What a farmer taps: parts of a plant, what it looks like, how far the crop is; and what the page's script says."""

from typing import Any

from backend.console.diagnosis_labels import label
from backend.core.words import Term, say
from backend.diagnosis.words import GrowthStage, Organ, Topic

ORGANS = {
    Organ.LEAF: Term("Leaves"),
    Organ.STEM: Term("Stem"),
    Organ.ROOT: Term("Roots"),
    Organ.FLOWER: Term("Flowers"),
    Organ.FRUIT: Term("Fruit"),
    Organ.EAR: Term("Ears"),
    Organ.WHOLE_PLANT: Term("All of it"),
    Organ.UNSURE: Term("I cannot say"),
}
TOPICS = {
    Topic.DISEASE: Term("Spots, yellow, rotting"),
    Topic.PEST: Term("Insects, holes"),
    Topic.NUTRITION: Term("Grows badly, pale"),
    Topic.WEATHER: Term("Flood, drought, frost, hail"),
    Topic.CHEMICAL_DAMAGE: Term("Bad since a spray"),
    Topic.SEED: Term("Does not come up"),
    Topic.WEED: Term("Too many weeds"),
    Topic.UNSURE: Term("I cannot say"),
}
STAGES = {
    GrowthStage.SEEDLING: Term("Seedlings"),
    GrowthStage.VEGETATIVE: Term("Growing"),
    GrowthStage.FLOWERING: Term("Flowers or ears"),
    GrowthStage.FRUITING: Term("Fruit or grain fills"),
    GrowthStage.RIPENING: Term("Nearly ripe"),
    GrowthStage.HARVESTED: Term("Harvested"),
}
STILL_GOING = Term(
    "Photos are on their way. You can look at the receipt; if the page closes, scan the code again and it goes on."
)


def choices(table: dict[Any, Term]) -> list[tuple[str, str]]:
    """Values and their words, in the order in which they are offered."""
    return [(value.value, label(table, value)) for value in table]


def script_words() -> dict[str, str]:
    """What the page's script says."""
    return {
        "sending": say("Sending …"),
        "take_away": say("Take this photo away"),
        "photo": say("Photo"),
        "voice": say("Recording"),
        "too_large": say("Too large: choose a smaller photo"),
        "no_picture": say("Not a photo"),
        "record": say("Tap and speak"),
        "stop": say("Stop"),
        "no_microphone": say("The microphone is not allowed. You can write instead, or choose a recording below."),
        "waits": say("waits"),
        "goes": say("on its way"),
        "there": say("there"),
        "not_taken": say("not taken"),
        "all_there": say("All of it has arrived. You can close this page."),
        "still_going": say(STILL_GOING),
        "no_line": say("No signal. It is kept on this phone and goes by itself once there is a line."),
        "again_soon": say("The line is bad; it goes on by itself."),
        "unsent": say("You have one that was not all sent"),
        "restored": say("What you had filled in is still here."),
        "anew": say("Begin anew"),
        "discard": say("Delete it from this phone"),
        "discard_sure": say("Delete what waits on this phone? What has arrived stays with the experts."),
        "not_kept": say("This browser keeps nothing: leave the page open until all of it has arrived."),
        "most": say("Six photos are enough."),
    }
