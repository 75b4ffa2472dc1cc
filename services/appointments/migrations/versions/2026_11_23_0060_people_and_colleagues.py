"""people and colleagues"""

import sqlalchemy as sa
from alembic import op

revision = '20261123_0060'
down_revision = '20261123_0041'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('contact',
    sa.Column('customer_id', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=True),
    sa.Column('forgotten', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('customer_id', name=op.f('pk_contact'))
    )
    op.create_table('contact_vehicle',
    sa.Column('vehicle_id', sa.String(length=64), nullable=False),
    sa.Column('plate', sa.String(length=40), nullable=True),
    sa.Column('plate_kind', sa.String(length=20), nullable=True),
    sa.Column('customer_id', sa.String(length=64), nullable=True),
    sa.Column('forgotten', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('vehicle_id', name=op.f('pk_contact_vehicle'))
    )
    with op.batch_alter_table('contact_vehicle', schema=None) as batch_op:
        batch_op.create_index('ix_contact_vehicle_customer_id', ['customer_id'], unique=False)

    op.create_table('staff_label',
    sa.Column('staff_id', sa.String(length=64), nullable=False),
    sa.Column('label', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('staff_id', name=op.f('pk_staff_label'))
    )
