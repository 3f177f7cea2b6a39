from hypothesis import settings

# How long one example takes says how busy the machine is, and nothing about a rule.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
