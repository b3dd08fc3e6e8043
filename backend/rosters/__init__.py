"""Who is on duty where and when, nights too; confirming, swapping, leave with substitution."""
