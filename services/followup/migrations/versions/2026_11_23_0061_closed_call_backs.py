"""closed call backs"""

from alembic import op

revision = '20261123_0061'
down_revision = '20261123_0060'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('follow_up', schema=None) as batch_op:
        batch_op.create_index('ix_follow_up_branch_id_closed_at', ['branch_id', 'closed_at'], unique=False)
