"""A small invented service: workshops of a branch with their tools, and words that belong to the group."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.db import BranchScoped, Json, ServiceBase, service_metadata


class Base(ServiceBase):
    metadata = service_metadata()


class Shed(BranchScoped, Base):
    __tablename__ = "shed"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(20), unique=True)
    built_at: Mapped[datetime | None]
    notes: Mapped[object | None] = mapped_column(Json)
    tools: Mapped[list[Tool]] = relationship(back_populates="shed")


class Tool(BranchScoped, Base):
    __tablename__ = "tool"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    shed_id: Mapped[int] = mapped_column(ForeignKey("shed.id"))
    name: Mapped[str] = mapped_column(String(20))
    shed: Mapped[Shed] = relationship(back_populates="tools")


class Word(Base):
    __tablename__ = "word"
    __group_wide__ = "words have no branch"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    text: Mapped[str] = mapped_column(String(40))
    shed_id: Mapped[int | None] = mapped_column(Integer)
