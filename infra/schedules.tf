resource "google_cloud_scheduler_job" "timer" {
  for_each = local.timers

  name             = each.key
  region           = var.region
  schedule         = each.value.schedule
  time_zone        = "Etc/UTC"
  attempt_deadline = "${lookup(each.value.deployment, "timeout_seconds", 300)}s"

  # The default is no retries, and then a call during a deployment is lost.
  retry_config {
    retry_count          = 3
    min_backoff_duration = "5s"
    max_backoff_duration = "60s"
  }

  http_target {
    http_method = each.value.route.method
    uri         = "${replace(local.function_url, "{name}", each.key)}${each.value.route.path}"
    body        = base64encode("{}")
    headers     = { "Content-Type" = "application/json" }

    oidc_token {
      service_account_email = google_service_account.this["invoker"].email
      audience              = replace(local.function_url, "{name}", each.key)
    }
  }

  depends_on = [google_cloud_run_v2_service_iam_member.invoker]
}
