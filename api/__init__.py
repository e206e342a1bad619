"""The HTTP service and the page: a skin over `nlp_quality`, which never imports it back."""
