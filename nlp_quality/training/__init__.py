"""Models made from the corpus. Nothing at run time imports this package."""
