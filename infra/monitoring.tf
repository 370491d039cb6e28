resource "google_monitoring_notification_channel" "email" {
  count = var.alert_email == "" ? 0 : 1

  display_name = "ApexFlow"
  type         = "email"
  labels       = { email_address = var.alert_email }
}

# Sweepers restart stuck work. A queue that still grows, or errors that continue, need an operator.
resource "google_monitoring_alert_policy" "queue_depth" {
  display_name          = "ApexFlow: a queue does not drain"
  combiner              = "OR"
  notification_channels = google_monitoring_notification_channel.email[*].id

  conditions {
    display_name = "more than 1,000 tasks wait for 15 minutes"

    condition_threshold {
      filter          = "resource.type = \"cloud_tasks_queue\" AND metric.type = \"cloudtasks.googleapis.com/queue/depth\""
      comparison      = "COMPARISON_GT"
      threshold_value = 1000
      duration        = "900s"

      aggregations {
        alignment_period   = "60s"
        per_series_aligner = "ALIGN_MEAN"
      }
    }
  }

  depends_on = [google_project_service.used]
}

resource "google_logging_metric" "errors" {
  name   = "apexflow/errors"
  filter = "resource.type = \"cloud_run_revision\" AND severity >= ERROR"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"

    labels {
      key        = "service"
      value_type = "STRING"
    }
  }

  label_extractors = { service = "EXTRACT(resource.labels.service_name)" }
}

resource "google_monitoring_alert_policy" "errors" {
  display_name          = "ApexFlow: a function logs errors"
  combiner              = "OR"
  notification_channels = google_monitoring_notification_channel.email[*].id

  conditions {
    display_name = "more than 10 error lines in 5 minutes"

    condition_threshold {
      filter          = "resource.type = \"cloud_run_revision\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.errors.name}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 10
      duration        = "0s"

      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_SUM"
      }
    }
  }
}

# The timer runs-measure-engine logs one line per minute. Each measure is a field of this line and has an alert for
# values that stay above its threshold for 10 minutes.
locals {
  engine_measures = {
    oldest_unsent_seconds       = { title = "a task is not created", threshold = 300, meaning = "The outbox is not emptied: Cloud Tasks rejects the tasks, or sweep-outbox does not run." }
    oldest_stalled_seconds      = { title = "a node is stalled", threshold = 600, meaning = "Its lease, wake-up time or task expired long ago: sweep-stalled does not run, or no instance runs its engine version." }
    longest_transaction_seconds = { title = "a transaction stays open", threshold = 60, meaning = "After half a minute, the queue tables are four times slower. Find the session in pg_stat_activity." }
    foreign_engine_runs         = { title = "runs of another engine version", threshold = 0, meaning = "They wait for instances of their version. This is normal during a rollout only." }
    dead_letters                = { title = "dead letters", threshold = 0, meaning = "GET /api/v1/dead-letters lists them. Replay them after the cause is fixed." }
  }
}

resource "google_logging_metric" "engine" {
  for_each = local.engine_measures

  name            = "apexflow/${each.key}"
  filter          = "resource.type = \"cloud_run_revision\" AND jsonPayload.message = \"measured the engine\""
  value_extractor = "EXTRACT(jsonPayload.${each.key})"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
  }

  bucket_options {
    exponential_buckets {
      num_finite_buckets = 24
      growth_factor      = 2
      scale              = 1
    }
  }
}

resource "google_monitoring_alert_policy" "engine" {
  for_each = local.engine_measures

  display_name          = "ApexFlow: ${each.value.title}"
  combiner              = "OR"
  notification_channels = google_monitoring_notification_channel.email[*].id

  documentation {
    content = each.value.meaning
  }

  conditions {
    display_name = "${each.key} above ${each.value.threshold} for 10 minutes"

    condition_threshold {
      filter          = "resource.type = \"cloud_run_revision\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.engine[each.key].name}\""
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.threshold
      duration        = "600s"

      aggregations {
        alignment_period     = "120s"
        per_series_aligner   = "ALIGN_PERCENTILE_99"
        cross_series_reducer = "REDUCE_MAX"
      }
    }
  }
}

# Alerts when the log line itself is missing, because the timer that writes it may fail.
resource "google_monitoring_alert_policy" "engine_silent" {
  display_name          = "ApexFlow: the engine is not measured"
  combiner              = "OR"
  notification_channels = google_monitoring_notification_channel.email[*].id

  conditions {
    display_name = "no measure for 10 minutes"

    condition_absent {
      filter   = "resource.type = \"cloud_run_revision\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.engine["oldest_unsent_seconds"].name}\""
      duration = "600s"

      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_COUNT"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }
}

# Request logs hold the paths of requests, and so the names of entity files. README.md states how long.
resource "google_logging_project_bucket_config" "default" {
  project        = var.project_id
  location       = "global"
  bucket_id      = "_Default"
  retention_days = 30
}
