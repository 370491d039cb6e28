# The key that wraps the data keys of tenants' secrets. Cloud KMS never gives it out; who has the database alone cannot open a secret.
resource "google_kms_key_ring" "this" {
  name     = "apexflow"
  location = var.region

  depends_on = [google_project_service.used]
}

resource "google_kms_crypto_key" "tenant_secrets" {
  name            = "tenant-secrets"
  key_ring        = google_kms_key_ring.this.id
  purpose         = "ENCRYPT_DECRYPT"
  rotation_period = "7776000s" # 90 days; older versions stay and open what they wrapped.

  # With the key every secret is lost, and Cloud KMS destroys for good.
  lifecycle {
    prevent_destroy = true
  }
}

# Endpoints put secrets, steps use them. Timers and the sandbox have no business with them.
resource "google_kms_crypto_key_iam_member" "secret_users" {
  for_each = {
    api    = "roles/cloudkms.cryptoKeyEncrypter"
    worker = "roles/cloudkms.cryptoKeyDecrypter"
  }

  crypto_key_id = google_kms_crypto_key.tenant_secrets.id
  role          = each.value
  member        = google_service_account.this[each.key].member
}
