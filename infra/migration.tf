# Creates the database and applies migrations and SQL functions. The pipeline runs the job with the new image before any
# new code serves requests.
resource "google_cloud_run_v2_job" "migrate" {
  name                = "apexflow-migrate"
  location            = var.region
  deletion_protection = false

  template {
    template {
      service_account = google_service_account.this["migrator"].email
      timeout         = "900s"
      max_retries     = 1

      vpc_access {
        egress = "PRIVATE_RANGES_ONLY"

        network_interfaces {
          network    = google_compute_network.this.id
          subnetwork = google_compute_subnetwork.functions.id
        }
      }

      containers {
        image = var.image
        args  = ["node", "dist/scripts/deploy-migrate.js", google_alloydb_user.login.user_id]

        env {
          name  = "ALLOYDB_HOST"
          value = google_alloydb_instance.primary.ip_address
        }

        env {
          name  = "ALLOYDB_USER"
          value = "postgres"
        }

        env {
          name  = "DB_SSLMODE"
          value = "require"
        }

        env {
          name = "ALLOYDB_PASSWORD"

          value_source {
            secret_key_ref {
              secret  = google_secret_manager_secret.this["ALLOYDB_ADMIN_PASSWORD"].secret_id
              version = "latest"
            }
          }
        }
      }
    }
  }

  lifecycle {
    ignore_changes = [client, client_version, template[0].template[0].containers[0].image]
  }

  depends_on = [google_secret_manager_secret_iam_member.readers, google_secret_manager_secret_version.this]
}
