"""How often one key, or one address, may ask: allowances of the house, refused GeoReport's way."""

from backend.core import clock
from backend.open311.errors import TooMany
from backend.open311.policies import open311_policy
from backend.people import allowances
from backend.people.allowances import Allowance


async def let_read(address: str) -> None:
    """Count a list that is asked for without a key: covering what was written costs us time. Raises TooMany (429)."""
    await take(f"open311 reads {address}", open311_policy(clock.today()).lists_per_address)


async def take(holder: str, allowance: Allowance) -> None:
    """Raises TooMany (429) with the seconds to wait."""
    wait = await allowances.take(holder, allowance)
    if wait is not None:
        seconds = int(wait.total_seconds()) + 1
        refusal = TooMany("Come again in {seconds} s.", seconds=seconds)
        refusal.retry_after_s = seconds
        raise refusal
