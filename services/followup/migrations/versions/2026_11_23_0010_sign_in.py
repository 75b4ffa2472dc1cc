"""sign in"""

import sqlalchemy as sa
from alembic import op

revision = '20261123_0010'
down_revision = '20261123_0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('ended_session',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('staff_id', sa.String(length=36), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ended_session'))
    )
    with op.batch_alter_table('ended_session', schema=None) as batch_op:
        batch_op.create_index('ix_ended_session_ended_at', ['ended_at'], unique=False)

    with op.batch_alter_table('cursor', schema=None) as batch_op:
        batch_op.add_column(sa.Column('unreachable_since', sa.DateTime(timezone=True), nullable=True))
