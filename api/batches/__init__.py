"""Many records at once: received whole or not at all, scored in the background, results until they expire."""
