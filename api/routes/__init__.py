"""One file a family of paths; each has a `router` that `api.main` includes."""
