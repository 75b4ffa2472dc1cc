"""search: whom each branch knows, and by what it finds them (`yingbin reception search rebuild` writes the terms)"""

import sqlalchemy as sa
from alembic import op

revision = '20261123_0040'
down_revision = '20261123_0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('acquaintance',
    sa.Column('customer_id', sa.String(length=36), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('branch_id', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('branch_id', 'customer_id', name=op.f('pk_acquaintance'))
    )
    with op.batch_alter_table('acquaintance', schema=None) as batch_op:
        batch_op.create_index('ix_acquaintance_customer_id', ['customer_id'], unique=False)

    op.create_table('customer_term',
    sa.Column('branch_id', sa.String(length=40), nullable=False),
    sa.Column('term', sa.String(length=32).with_variant(sa.String(length=32, collation='C'), 'postgresql'), nullable=False),
    sa.Column('entry_id', sa.String(length=36), nullable=False),
    sa.PrimaryKeyConstraint('branch_id', 'term', 'entry_id', name=op.f('pk_customer_term'))
    )
    with op.batch_alter_table('customer_term', schema=None) as batch_op:
        batch_op.create_index('ix_customer_term_entry_id', ['entry_id'], unique=False)

    op.execute("""
        INSERT INTO acquaintance (branch_id, customer_id, since)
        SELECT came.branch_id, came.customer_id, min(came.at)
        FROM (
            SELECT branch_id, customer_id, checked_in_at AS at FROM visit
            UNION ALL SELECT first_branch, id, registered_at FROM customer
        ) AS came
        JOIN customer ON customer.id = came.customer_id AND customer.forgotten_at IS NULL
        GROUP BY came.branch_id, came.customer_id
    """)
