/** Fields that no caller may set. */
export const PROTECTED_FIELDS = ['id', 'tenant_id', 'owner_id', 'status', 'role', 'created_at', 'email', 'slug'];
