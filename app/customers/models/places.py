"""Properties: where people live, once each, by UPRN."""

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Id


class Property(Base):
    """An address that has a UPRN. `address_key` finds it from an address that came without one."""

    __tablename__ = "property"

    id: Mapped[Id]
    uprn: Mapped[str] = mapped_column(String(12), unique=True)
    unit: Mapped[str] = mapped_column(String(120), default="")
    building: Mapped[str] = mapped_column(String(120), default="")
    house_number: Mapped[str] = mapped_column(String(60), default="")
    street: Mapped[str] = mapped_column(String(160), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    postcode: Mapped[str] = mapped_column(String(10), default="")
    ward: Mapped[str] = mapped_column(String(120), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    address_key: Mapped[str] = mapped_column(String(300), index=True)
    search: Mapped[str] = mapped_column(String(400))
    from_gazetteer: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        CheckConstraint("uprn ~ '^[0-9]{1,12}$'", name="uprn_is_digits"),
        Index("ix_property_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
        Index("ix_property_postcode", "postcode"),
    )
