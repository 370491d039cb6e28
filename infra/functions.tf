locals {
  # Cloud Run's deterministic URL of a service, which is known before the service exists.
  function_url = "https://{name}-${data.google_project.this.number}.${var.region}.run.app"

  common_environment = {
    ALLOYDB_HOST              = google_alloydb_instance.primary.ip_address
    FIREBASE_PROJECT_ID       = var.project_id
    FUNCTION_URL              = local.function_url
    GOOGLE_CLOUD_LOCATION     = var.region
    GOOGLE_CLOUD_PROJECT      = var.project_id
    GOOGLE_GENAI_USE_VERTEXAI = contains(local.secret_names, "GEMINI_API_KEY") ? "false" : "true"
    NODE_ENV                  = "production"
    PUBLIC_URL                = "https://${var.domain}"
    TASKS_INVOKER             = google_service_account.this["invoker"].email
    TRUSTED_PROXIES           = "2"
  }

  program_environment = merge(
    {
      ALLOYDB_DB       = "apexflow"
      ALLOYDB_USER     = google_alloydb_user.login.user_id
      DB_SSLMODE       = "require"
      FIREBASE_API_KEY = google_identity_platform_config.this.client[0].api_key
      SECRETS_KMS_KEY  = google_kms_crypto_key.tenant_secrets.id
      STORAGE_BUCKET   = google_storage_bucket.objects.name
    },
    var.default_model == "" ? {} : { DEFAULT_MODEL = var.default_model },
    length(var.git_hosts) == 0 ? {} : { GIT_HOSTS = join(",", var.git_hosts) },
  )

  function_environment = {
    for name, function in local.functions : name => merge(
      local.common_environment,
      # Steps call the sandbox directly, so only the sandbox accepts the account of the steps.
      contains(keys(local.sandbox), name)
      ? { WORKER_ACCOUNT = google_service_account.this["worker"].email }
      : local.program_environment,
      { FUNCTION_SOURCE = function.source, FUNCTION_TARGET = function.target },
    )
  }
}

# One service for each function. Terraform creates and configures the services; the pipeline sets images and traffic.
resource "google_cloud_run_v2_service" "function" {
  for_each = local.functions

  name                 = each.key
  location             = var.region
  deletion_protection  = false
  ingress              = each.value.access == "internal" ? "INGRESS_TRAFFIC_INTERNAL_ONLY" : "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = each.value.access != "internal"
  launch_stage         = contains(keys(local.sandbox), each.key) ? "BETA" : "GA"

  template {
    service_account                  = google_service_account.this[lookup(each.value.deployment, "identity", "api")].email
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN2"
    timeout                          = "${lookup(each.value.deployment, "timeout_seconds", 60)}s"
    max_instance_request_concurrency = lookup(each.value.deployment, "concurrency", 80)

    scaling {
      min_instance_count = 0
      max_instance_count = lookup(each.value.deployment, "max_instances", 20)
    }

    vpc_access {
      # All traffic of the sandbox goes through the VPC, where a firewall filters it; of other services, only private
      # traffic.
      egress = contains(keys(local.sandbox), each.key) ? "ALL_TRAFFIC" : "PRIVATE_RANGES_ONLY"

      network_interfaces {
        network    = google_compute_network.this.id
        subnetwork = google_compute_subnetwork.functions.id
        tags       = contains(keys(local.sandbox), each.key) ? ["apexflow-sandbox"] : ["apexflow-function"]
      }
    }

    containers {
      image            = contains(keys(local.sandbox), each.key) ? var.sandbox_image : var.image
      sandbox_launcher = contains(keys(local.sandbox), each.key) ? true : null

      resources {
        limits = {
          cpu    = tostring(lookup(each.value.deployment, "cpu", 1))
          memory = "${lookup(each.value.deployment, "memory_mib", 512)}Mi"
        }
        cpu_idle          = true
        startup_cpu_boost = true
      }

      startup_probe {
        period_seconds    = 1
        failure_threshold = 30

        http_get {
          # The sandbox is ready when its launcher works. After a deployment without the launcher no instance starts.
          path = contains(keys(local.sandbox), each.key) ? "/readiness" : "/health"
        }
      }

      dynamic "env" {
        for_each = local.function_environment[each.key]

        content {
          name  = env.key
          value = env.value
        }
      }

      dynamic "env" {
        for_each = toset(local.function_secrets[each.key])

        content {
          name = env.value

          value_source {
            secret_key_ref {
              secret  = google_secret_manager_secret.this[env.value].secret_id
              version = "latest"
            }
          }
        }
      }
    }
  }

  lifecycle {
    ignore_changes = [client, client_version, template[0].containers[0].image, template[0].revision, traffic]
  }

  depends_on = [google_secret_manager_secret_iam_member.readers, google_secret_manager_secret_version.this]
}

# Only Cloud Tasks and Cloud Scheduler may call internal functions, and only steps may call the sandbox.
resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = local.internal

  name     = google_cloud_run_v2_service.function[each.key].name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.this[contains(keys(local.sandbox), each.key) ? "worker" : "invoker"].member
}
