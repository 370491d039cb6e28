locals {
  secret_names = nonsensitive(toset(keys(var.secret_values)))

  # Every function except the sandbox needs the database password and the cursor secret.
  common_secrets = ["ALLOYDB_PASSWORD", "CURSOR_SECRET"]

  # The secrets of each function: those that it declares and that have a value.
  function_secrets = {
    for name, function in local.functions : name => [
      for secret in concat(contains(keys(local.sandbox), name) ? [] : local.common_secrets, lookup(function.deployment, "secrets", [])) :
      secret if contains(local.secret_names, secret)
    ]
  }

  secret_readers = merge(
    { "migrator ALLOYDB_ADMIN_PASSWORD" = { identity = "migrator", secret = "ALLOYDB_ADMIN_PASSWORD" } },
    [
      for name, secrets in local.function_secrets : {
        for secret in secrets :
        "${lookup(local.functions[name].deployment, "identity", "api")} ${secret}" => {
          identity = lookup(local.functions[name].deployment, "identity", "api")
          secret   = secret
        }
      }
    ]...
  )
}

resource "google_secret_manager_secret" "this" {
  for_each = local.secret_names

  secret_id = each.key

  replication {
    auto {}
  }

  depends_on = [google_project_service.used]
}

resource "google_secret_manager_secret_version" "this" {
  for_each = local.secret_names

  secret      = google_secret_manager_secret.this[each.key].id
  secret_data = var.secret_values[each.key]
}

resource "google_secret_manager_secret_iam_member" "readers" {
  for_each = local.secret_readers

  secret_id = google_secret_manager_secret.this[each.value.secret].id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.this[each.value.identity].member
}
