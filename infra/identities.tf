locals {
  # The sandbox runs code of other people, so its account has no role.
  identities = {
    api      = "endpoints"
    worker   = "steps"
    timer    = "timers"
    sandbox  = "commands of agents, without any right"
    invoker  = "Cloud Tasks and Cloud Scheduler, when they call functions"
    migrator = "the migration job"
    builder  = "the pipeline in cloudbuild.yaml"
  }

  project_roles = {
    api    = ["roles/aiplatform.user", "roles/cloudtasks.enqueuer", "roles/firebaseauth.admin"]
    worker = ["roles/aiplatform.user", "roles/cloudtasks.enqueuer"]
    timer  = ["roles/aiplatform.user", "roles/cloudtasks.enqueuer"]
  }

  # The pipeline may change services and images and read its source. It may not change permissions.
  builder_roles = ["roles/artifactregistry.writer", "roles/logging.logWriter", "roles/run.developer", "roles/storage.objectViewer"]

  granted_roles = merge([
    for identity, roles in merge(local.project_roles, { builder = local.builder_roles }) : { for role in roles : "${identity} ${role}" => { identity = identity, role = role } }
  ]...)
}

resource "google_service_account" "this" {
  for_each = local.identities

  account_id   = "apexflow-${each.key}"
  display_name = "ApexFlow: ${each.value}"

  depends_on = [google_project_service.used]
}

resource "google_project_iam_member" "granted" {
  for_each = local.granted_roles

  project = var.project_id
  role    = each.value.role
  member  = google_service_account.this[each.value.identity].member
}

# An account that creates a task names the account that the task calls with, and needs permission to act as it.
resource "google_service_account_iam_member" "creates_tasks_as_invoker" {
  for_each = local.project_roles

  service_account_id = google_service_account.this["invoker"].name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.this[each.key].member
}

# An endpoint signs as its own account: the custom token of a user whom GitHub has verified, and addresses of uploads.
resource "google_service_account_iam_member" "signs_custom_tokens" {
  service_account_id = google_service_account.this["api"].name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = google_service_account.this["api"].member
}

# A new revision runs as its function's account, so the pipeline needs permission to act as that account.
resource "google_service_account_iam_member" "deploys_as" {
  for_each = toset(["api", "worker", "timer", "sandbox", "migrator"])

  service_account_id = google_service_account.this[each.key].name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.this["builder"].member
}
