resource "google_storage_bucket" "objects" {
  name                        = "${var.project_id}-apexflow-objects"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.deletion_protection

  # How long an erased object can be restored. README.md states it.
  soft_delete_policy {
    retention_duration_seconds = 7 * 24 * 3600
  }

  versioning {
    enabled = false
  }

  # A browser sends an upload here, with a signed address and the headers that its signature covers.
  cors {
    origin          = ["https://${var.domain}"]
    method          = ["PUT"]
    response_header = ["Content-Type", "x-goog-content-length-range", "x-goog-if-generation-match"]
    max_age_seconds = 3600
  }

  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 1
    }
  }
}

resource "google_storage_bucket_iam_member" "functions" {
  for_each = local.project_roles

  bucket = google_storage_bucket.objects.name
  role   = "roles/storage.objectUser"
  member = google_service_account.this[each.key].member
}

resource "google_artifact_registry_repository" "images" {
  location      = var.region
  repository_id = "apexflow"
  format        = "DOCKER"
  description   = "The images of the functions and of the sandbox."

  docker_config {
    immutable_tags = true
  }

  cleanup_policies {
    id     = "keep-recent"
    action = "KEEP"
    most_recent_versions {
      keep_count = 20
    }
  }

  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"
    condition {
      older_than = "${90 * 24 * 3600}s"
    }
  }

  depends_on = [google_project_service.used]
}
