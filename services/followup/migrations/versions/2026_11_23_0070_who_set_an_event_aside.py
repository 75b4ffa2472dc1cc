"""who set an event aside"""

import sqlalchemy as sa
from alembic import op

revision = '20261123_0070'
down_revision = '20261123_0061'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('set_aside', schema=None) as batch_op:
        batch_op.add_column(sa.Column('author', sa.String(length=80), nullable=True))
