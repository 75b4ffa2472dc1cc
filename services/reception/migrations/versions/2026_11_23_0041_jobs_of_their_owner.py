"""jobs of their owner"""

from alembic import op

revision = '20261123_0041'
down_revision = '20261123_0040'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index('ix_job_owner', ['owner', 'id'], unique=False)
