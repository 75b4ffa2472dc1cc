"""people and colleagues"""

import sqlalchemy as sa
from alembic import op

revision = '20261123_0060'
down_revision = '20261123_0041'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('staff_label',
    sa.Column('staff_id', sa.String(length=64), nullable=False),
    sa.Column('label', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('staff_id', name=op.f('pk_staff_label'))
    )
    with op.batch_alter_table('follow_up', schema=None) as batch_op:
        batch_op.add_column(sa.Column('order_number', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('ready_as_promised', sa.Boolean(), nullable=True))
