resource "google_alloydb_cluster" "this" {
  cluster_id       = "apexflow"
  location         = var.region
  database_version = "POSTGRES_15"
  deletion_policy  = var.deletion_protection ? "DEFAULT" : "FORCE"

  network_config {
    network = google_compute_network.this.id
  }

  initial_user {
    user     = "postgres"
    password = var.secret_values["ALLOYDB_ADMIN_PASSWORD"]
  }

  continuous_backup_config {
    enabled              = true
    recovery_window_days = 14
  }

  # Without this block AlloyDB also takes scheduled backups and keeps them for 14 days. What is erased must not stay
  # longer than README.md says.
  automated_backup_policy {
    enabled = false
  }

  depends_on = [google_service_networking_connection.services]
}

resource "google_alloydb_instance" "primary" {
  cluster           = google_alloydb_cluster.this.name
  instance_id       = "primary"
  instance_type     = "PRIMARY"
  availability_type = var.database.availability_type

  machine_config {
    cpu_count = var.database.cpu_count
  }

  client_connection_config {
    ssl_config {
      ssl_mode = "ENCRYPTED_ONLY"
    }
  }
}

# The login of all functions. It owns nothing; the migration job lets it act as the runtime role.
resource "google_alloydb_user" "login" {
  cluster   = google_alloydb_cluster.this.name
  user_id   = "apexflow_login"
  user_type = "ALLOYDB_BUILT_IN"
  password  = var.secret_values["ALLOYDB_PASSWORD"]

  depends_on = [google_alloydb_instance.primary]
}
