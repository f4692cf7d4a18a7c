"""How properties are looked at: as Hypothesis does by itself, but for time, which says nothing on a busy machine."""

from hypothesis import settings

settings.register_profile("untimed", parent=settings(), deadline=None)
settings.load_profile("untimed")
