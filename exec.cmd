@rem npm runs scripts by cmd on Windows, which has no exec: this takes its place.
@%*
