resource "google_cloud_tasks_queue" "this" {
  for_each = { for queue in local.manifest.queues : queue.name => queue }

  name     = each.key
  location = var.region

  rate_limits {
    max_concurrent_dispatches = each.value.max_concurrent_dispatches
    max_dispatches_per_second = each.value.max_dispatches_per_second
  }

  # The step decides when to give up, not the queue. Cloud Tasks retries a task for as long as it keeps the task.
  retry_config {
    max_attempts  = -1
    min_backoff   = "0.5s"
    max_backoff   = "300s"
    max_doublings = 10
  }

  stackdriver_logging_config {
    sampling_ratio = 0.1
  }

  depends_on = [google_project_service.used]
}
