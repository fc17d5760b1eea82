"""Floor 7: the public verbs, one file each; here, and only here, siblings of a floor meet."""
