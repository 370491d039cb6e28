resource "google_identity_platform_config" "this" {
  project            = var.project_id
  authorized_domains = [var.domain]

  sign_in {
    allow_duplicate_emails = false

    email {
      enabled           = true
      password_required = true
    }
  }

  depends_on = [google_project_service.used]
}
