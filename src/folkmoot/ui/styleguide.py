"""The specimens of the styleguide."""
def specimens(request): return []
