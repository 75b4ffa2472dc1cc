"""access record"""

import sqlalchemy as sa
from alembic import op

revision = '20261123_0021'
down_revision = '20261123_0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('access_record',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('subject', sa.String(length=120), nullable=False),
    sa.Column('about', sa.String(length=120), nullable=True),
    sa.Column('fields', sa.Text(), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.Column('shown_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('branch_id', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_record'))
    )
    with op.batch_alter_table('access_record', schema=None) as batch_op:
        batch_op.create_index('ix_access_record_about', ['about'], unique=False)
        batch_op.create_index('ix_access_record_branch_id_shown_at', ['branch_id', 'shown_at'], unique=False)
