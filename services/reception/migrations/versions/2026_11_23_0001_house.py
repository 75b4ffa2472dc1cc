"""house"""

import sqlalchemy as sa
from alembic import op

revision = '20261123_0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('access_key',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('branch_id', sa.String(length=40), nullable=True),
    sa.Column('scopes', sa.Text(), nullable=False),
    sa.Column('label', sa.String(length=120), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_key'))
    )
    op.create_table('attempt',
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('source', 'position', name=op.f('pk_attempt'))
    )
    op.create_table('branch',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('letter', sa.String(length=3), nullable=False),
    sa.Column('zone', sa.String(length=60), nullable=False),
    sa.Column('hours', sa.Text(), nullable=False),
    sa.Column('closures', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_branch'))
    )
    op.create_table('branch_setting',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('branch_id', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.String(length=80), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_branch_setting')),
    sa.UniqueConstraint('key', 'branch_id', 'version', name='uq_branch_setting_key_branch_id_version')
    )
    with op.batch_alter_table('branch_setting', schema=None) as batch_op:
        batch_op.create_index('ix_branch_setting_key_branch_id_valid_from', ['key', 'branch_id', 'valid_from'], unique=False)

    op.create_table('built_projection',
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('types', sa.Text(), nullable=False),
    sa.Column('built_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_built_projection'))
    )
    op.create_table('cursor',
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('last_id', sa.String(length=36), nullable=True),
    sa.Column('epoch', sa.String(length=36), nullable=True),
    sa.Column('parked', sa.Integer(), nullable=False),
    sa.Column('running', sa.String(length=36), nullable=True),
    sa.Column('moved_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('source', name=op.f('pk_cursor'))
    )
    op.create_table('epoch',
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('epoch', sa.String(length=36), nullable=False),
    sa.Column('after_position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_epoch'))
    )
    op.create_table('event_log',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('event_id', sa.String(length=36), nullable=False),
    sa.Column('type', sa.String(length=120), nullable=False),
    sa.Column('subject', sa.String(length=120), nullable=False),
    sa.Column('branch_id', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('time', sa.DateTime(timezone=True), nullable=False),
    sa.Column('correlation_id', sa.String(length=64), nullable=True),
    sa.Column('causation_id', sa.String(length=36), nullable=True),
    sa.Column('traceparent', sa.String(length=64), nullable=True),
    sa.Column('data', sa.Text(), nullable=True),
    sa.Column('personal', sa.Boolean(), nullable=False),
    sa.Column('redacted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('previd', sa.String(length=36), nullable=True),
    sa.Column('epoch', sa.String(length=36), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_log')),
    sa.UniqueConstraint('position', name='uq_event_log_position')
    )
    with op.batch_alter_table('event_log', schema=None) as batch_op:
        batch_op.create_index('ix_event_log_personal_subject', ['subject'], unique=False, postgresql_where=sa.text('personal'), sqlite_where=sa.text('personal'))
        batch_op.create_index('ix_event_log_unnumbered', ['id'], unique=False, postgresql_where=sa.text('position IS NULL'), sqlite_where=sa.text('position IS NULL'))

    op.create_table('idempotency',
    sa.Column('owner', sa.String(length=80), nullable=False),
    sa.Column('route', sa.String(length=120), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('body_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('content_type', sa.String(length=80), nullable=False),
    sa.Column('location', sa.String(length=200), nullable=True),
    sa.Column('body', sa.LargeBinary(), nullable=True),
    sa.Column('subject', sa.String(length=120), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('owner', 'route', 'key', name=op.f('pk_idempotency'))
    )
    with op.batch_alter_table('idempotency', schema=None) as batch_op:
        batch_op.create_index('ix_idempotency_expires_at', ['expires_at'], unique=False)
        batch_op.create_index('ix_idempotency_subject', ['subject'], unique=False)

    op.create_table('job',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=80), nullable=False),
    sa.Column('subject', sa.String(length=120), nullable=False),
    sa.Column('branch_id', sa.String(length=40), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('progress', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=True),
    sa.Column('result', sa.Text(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('owner', sa.String(length=80), nullable=True),
    sa.Column('trace', sa.Text(), nullable=True),
    sa.Column('again_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('claimed_by', sa.String(length=36), nullable=True),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job'))
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index('ix_job_expires_at', ['expires_at'], unique=False)
        batch_op.create_index('ix_job_open_due_at', ['due_at'], unique=False, postgresql_where=sa.text("state IN ('waiting', 'running')"), sqlite_where=sa.text("state IN ('waiting', 'running')"))
        batch_op.create_index('ix_job_subject', ['subject'], unique=False)
        batch_op.create_index('uq_job_open_kind_subject', ['kind', 'subject'], unique=True, postgresql_where=sa.text("state IN ('waiting', 'running')"), sqlite_where=sa.text("state IN ('waiting', 'running')"))

    op.create_table('log_counter',
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.String(length=36), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_log_counter'))
    )
    op.create_table('orphan_range',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('epoch', sa.String(length=36), nullable=True),
    sa.Column('first_position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('last_position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_orphan_range'))
    )
    op.create_table('parked',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('epoch', sa.String(length=36), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.String(length=36), nullable=False),
    sa.Column('type', sa.String(length=120), nullable=False),
    sa.Column('subject', sa.String(length=120), nullable=False),
    sa.Column('branch_id', sa.String(length=40), nullable=False),
    sa.Column('wire', sa.Text(), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('detail', sa.String(length=400), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('parked_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_parked')),
    sa.UniqueConstraint('source', 'epoch', 'position', name='uq_parked_source_epoch_position')
    )
    with op.batch_alter_table('parked', schema=None) as batch_op:
        batch_op.create_index('ix_parked_source_subject', ['source', 'subject'], unique=False)

    op.create_table('relay_lease',
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('holder', sa.String(length=36), nullable=True),
    sa.Column('until', sa.Double(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_relay_lease'))
    )
    op.create_table('seen_event',
    sa.Column('event_id', sa.String(length=36), nullable=False),
    sa.Column('reaction', sa.String(length=80), nullable=False),
    sa.PrimaryKeyConstraint('event_id', 'reaction', name=op.f('pk_seen_event'))
    )
    op.create_table('set_aside',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('epoch', sa.String(length=36), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.String(length=36), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('set_aside_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_set_aside'))
    )
    op.create_table('stored_file',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('owner', sa.String(length=120), nullable=False),
    sa.Column('branch_id', sa.String(length=40), nullable=True),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('size', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stored_file'))
    )
    with op.batch_alter_table('stored_file', schema=None) as batch_op:
        batch_op.create_index('ix_stored_file_owner', ['owner'], unique=False)
        batch_op.create_index('ix_stored_file_sha256', ['sha256'], unique=False)
        batch_op.create_index('ix_stored_file_state', ['state', 'created_at'], unique=False)

    op.create_table('unheard_type',
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('type', sa.String(length=120), nullable=False),
    sa.Column('first_position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('source', 'type', name=op.f('pk_unheard_type'))
    )
    op.create_table('verification_key',
    sa.Column('kid', sa.String(length=64), nullable=False),
    sa.Column('jwk', sa.Text(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('kid', name=op.f('pk_verification_key'))
    )
    op.create_table('call',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('external_id', sa.String(length=60), nullable=True),
    sa.Column('agent_id', sa.String(length=36), nullable=False),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('local_date', sa.Date(), nullable=False),
    sa.Column('direction', sa.String(length=3), nullable=False),
    sa.Column('topic', sa.String(length=80), nullable=False),
    sa.Column('answered', sa.Boolean(), nullable=False),
    sa.Column('resolved', sa.Boolean(), nullable=True),
    sa.Column('answer_seconds', sa.Integer(), nullable=True),
    sa.Column('talk_seconds', sa.Integer(), nullable=True),
    sa.Column('rating', sa.Integer(), nullable=True),
    sa.Column('customer_id', sa.String(length=36), nullable=True),
    sa.Column('imported', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('branch_id', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call')),
    sa.UniqueConstraint('branch_id', 'external_id', name='uq_call_branch_id_external_id')
    )
    with op.batch_alter_table('call', schema=None) as batch_op:
        batch_op.create_index('ix_call_branch_id_occurred_at', ['branch_id', 'occurred_at', 'id'], unique=False)

    op.create_table('customer',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=True),
    sa.Column('language', sa.String(length=20), nullable=True),
    sa.Column('first_branch', sa.String(length=40), nullable=False),
    sa.Column('registered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('forgotten_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer'))
    )
    op.create_table('day_line',
    sa.Column('branch_id', sa.String(length=40), nullable=False),
    sa.Column('local_date', sa.Date(), nullable=False),
    sa.Column('last_number', sa.Integer(), nullable=False),
    sa.Column('waiting_first', sa.Integer(), nullable=False),
    sa.Column('waiting_booked', sa.Integer(), nullable=False),
    sa.Column('waiting_walk_in', sa.Integer(), nullable=False),
    sa.Column('serving', sa.Integer(), nullable=False),
    sa.Column('served', sa.Integer(), nullable=False),
    sa.Column('served_seconds', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('branch_id', 'local_date', name=op.f('pk_day_line'))
    )
    op.create_table('staff',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('label', sa.String(length=64), nullable=False),
    sa.Column('user_name', sa.String(length=64), nullable=True),
    sa.Column('password_hash', sa.String(length=160), nullable=True),
    sa.Column('disabled', sa.Boolean(), nullable=False),
    sa.Column('agent_of', sa.String(length=40), nullable=True),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff')),
    sa.UniqueConstraint('agent_of', 'label', name='uq_staff_agent_of_label'),
    sa.UniqueConstraint('user_name', name='uq_staff_user_name')
    )
    op.create_table('vehicle',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('plate', sa.String(length=15), nullable=True),
    sa.Column('plate_kind', sa.String(length=20), nullable=False),
    sa.Column('registered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('forgotten_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vehicle')),
    sa.UniqueConstraint('plate', name='uq_vehicle_plate')
    )
    op.create_table('consent',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('customer_id', sa.String(length=36), nullable=True),
    sa.Column('branch_id', sa.String(length=40), nullable=False),
    sa.Column('version', sa.String(length=40), nullable=False),
    sa.Column('purposes', sa.Text(), nullable=False),
    sa.Column('device', sa.String(length=80), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_consent_customer_id_customer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent'))
    )
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.create_index('ix_consent_customer_id_branch_id', ['customer_id', 'branch_id'], unique=False)

    op.create_table('customer_phone',
    sa.Column('customer_id', sa.String(length=36), nullable=False),
    sa.Column('number', sa.String(length=16), nullable=False),
    sa.Column('mobile', sa.Boolean(), nullable=False),
    sa.Column('finds', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_customer_phone_customer_id_customer')),
    sa.PrimaryKeyConstraint('customer_id', 'number', name=op.f('pk_customer_phone'))
    )
    with op.batch_alter_table('customer_phone', schema=None) as batch_op:
        batch_op.create_index('uq_customer_phone_number_finds', ['number'], unique=True, postgresql_where=sa.text('finds'), sqlite_where=sa.text('finds'))

    op.create_table('ownership',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('vehicle_id', sa.String(length=36), nullable=False),
    sa.Column('customer_id', sa.String(length=36), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_ownership_customer_id_customer')),
    sa.ForeignKeyConstraint(['vehicle_id'], ['vehicle.id'], name=op.f('fk_ownership_vehicle_id_vehicle')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ownership'))
    )
    with op.batch_alter_table('ownership', schema=None) as batch_op:
        batch_op.create_index('ix_ownership_customer_id', ['customer_id'], unique=False)
        batch_op.create_index('uq_ownership_vehicle_id_current', ['vehicle_id'], unique=True, postgresql_where=sa.text('until IS NULL'), sqlite_where=sa.text('until IS NULL'))

    op.create_table('staff_role',
    sa.Column('staff_id', sa.String(length=36), nullable=False),
    sa.Column('branch_id', sa.String(length=40), nullable=False),
    sa.Column('role', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_role_staff_id_staff')),
    sa.PrimaryKeyConstraint('staff_id', 'branch_id', 'role', name=op.f('pk_staff_role'))
    )
    with op.batch_alter_table('staff_role', schema=None) as batch_op:
        batch_op.create_index('ix_staff_role_branch_id_role', ['branch_id', 'role'], unique=False)

    op.create_table('visit',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('local_date', sa.Date(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('ticket', sa.String(length=12), nullable=False),
    sa.Column('priority', sa.SmallInteger(), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('party_size', sa.SmallInteger(), nullable=False),
    sa.Column('customer_id', sa.String(length=36), nullable=True),
    sa.Column('vehicle_id', sa.String(length=36), nullable=True),
    sa.Column('by_phone', sa.Boolean(), nullable=False),
    sa.Column('host', sa.String(length=64), nullable=True),
    sa.Column('source', sa.String(length=40), nullable=True),
    sa.Column('door', sa.String(length=10), nullable=False),
    sa.Column('device', sa.String(length=80), nullable=False),
    sa.Column('consent_version', sa.String(length=40), nullable=False),
    sa.Column('late', sa.Boolean(), nullable=False),
    sa.Column('checked_in_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('called_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('greeted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('serving_started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('completed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('served_by', sa.String(length=36), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('branch_id', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit')),
    sa.UniqueConstraint('branch_id', 'local_date', 'number', name='uq_visit_branch_id_local_date_number')
    )
    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.create_index('uq_visit_open_customer', ['branch_id', 'local_date', 'customer_id'], unique=True, postgresql_where=sa.text("status IN ('waiting', 'called', 'serving') AND by_phone"), sqlite_where=sa.text("status IN ('waiting', 'called', 'serving') AND by_phone"))
        batch_op.create_index('uq_visit_open_vehicle', ['branch_id', 'local_date', 'vehicle_id'], unique=True, postgresql_where=sa.text("status IN ('waiting', 'called', 'serving')"), sqlite_where=sa.text("status IN ('waiting', 'called', 'serving')"))
