# The key that wraps the data keys of tenants' secrets. It never leaves Cloud KMS, so a copy of the database alone does
# not reveal a secret.
resource "google_kms_key_ring" "this" {
  name     = "apexflow"
  location = var.region

  depends_on = [google_project_service.used]
}

resource "google_kms_crypto_key" "tenant_secrets" {
  name            = "tenant-secrets"
  key_ring        = google_kms_key_ring.this.id
  purpose         = "ENCRYPT_DECRYPT"
  rotation_period = "7776000s" # 90 days. Older versions stay and can decrypt what they encrypted.

  # Without the key all secrets are lost, and Cloud KMS cannot restore a destroyed key.
  lifecycle {
    prevent_destroy = true
  }
}

# Endpoints encrypt secrets and steps decrypt them. Timers and the sandbox need no access.
resource "google_kms_crypto_key_iam_member" "secret_users" {
  for_each = {
    api    = "roles/cloudkms.cryptoKeyEncrypter"
    worker = "roles/cloudkms.cryptoKeyDecrypter"
  }

  crypto_key_id = google_kms_crypto_key.tenant_secrets.id
  role          = each.value
  member        = google_service_account.this[each.key].member
}
