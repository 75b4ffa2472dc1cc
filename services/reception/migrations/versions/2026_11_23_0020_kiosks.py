"""kiosks"""

import sqlalchemy as sa
from alembic import op

revision = '20261123_0020'
down_revision = '20261123_0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('kiosk',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('label', sa.String(length=64), nullable=False),
    sa.Column('enrolled_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('branch_id', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kiosk'))
    )
    with op.batch_alter_table('kiosk', schema=None) as batch_op:
        batch_op.create_index('ix_kiosk_branch_id_id', ['branch_id', 'id'], unique=False)

    op.create_table('kiosk_code',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('label', sa.String(length=64), nullable=False),
    sa.Column('made_by', sa.String(length=80), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kiosk_id', sa.String(length=36), nullable=True),
    sa.Column('branch_id', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kiosk_code')),
    sa.UniqueConstraint('hash', name='uq_kiosk_code_hash')
    )
    op.create_table('kiosk_guess',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('guessed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kiosk_guess'))
    )
    with op.batch_alter_table('kiosk_guess', schema=None) as batch_op:
        batch_op.create_index('ix_kiosk_guess_address_guessed_at', ['address', 'guessed_at'], unique=False)

    # Kiosks that were enrolled before they had rows of their own.
    op.execute(
        "INSERT INTO kiosk (id, label, enrolled_at, revoked_at, version, branch_id)"
        " SELECT id, substr(label, 1, 64), created_at, revoked_at, CASE WHEN revoked_at IS NULL THEN 1 ELSE 2 END, branch_id"
        " FROM access_key WHERE kind = 'kiosk' AND branch_id IS NOT NULL"
    )
