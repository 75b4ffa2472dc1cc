"""orders of a customer"""

from alembic import op

revision = '20261123_0061'
down_revision = '20261123_0060'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('repair_order', schema=None) as batch_op:
        batch_op.create_index('ix_repair_order_customer_id', ['customer_id', 'id'], unique=False)
