from .branch import Branch
from .region import Region

__all__ = ["Branch", "Region"]
