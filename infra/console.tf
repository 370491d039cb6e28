# The web console: static files behind the load balancer, at the origin of the API. `scripts/deploy.ts console` uploads
# web/dist. Its headers come from web/headers.ts.
locals {
  console = jsondecode(file("${path.module}/console-headers.generated.json"))

  # Browsers send uploads to the bucket by signed addresses, so the console may connect to this bucket, as
  # `headersWithBucket` in web/headers.ts says.
  console_headers = [
    for line in local.console.custom_response_headers :
    replace(line, "connect-src 'self'", "connect-src 'self' https://${google_storage_bucket.objects.name}.storage.googleapis.com")
  ]
}

resource "google_storage_bucket" "console" {
  name                        = "${var.project_id}-apexflow-console"
  location                    = var.region
  uniform_bucket_level_access = true
  force_destroy               = true

  # The load balancer serves index.html at "/".
  website {
    main_page_suffix = "index.html"
  }

  versioning {
    enabled = false
  }
}

# A backend bucket serves what everybody may read. The files contain no data of users.
resource "google_storage_bucket_iam_member" "console_readers" {
  bucket = google_storage_bucket.console.name
  role   = "roles/storage.legacyObjectReader"
  member = "allUsers"
}

resource "google_storage_bucket_iam_member" "console_builder" {
  bucket = google_storage_bucket.console.name
  role   = "roles/storage.objectUser"
  member = google_service_account.this["builder"].member
}

resource "google_compute_backend_bucket" "console" {
  name                    = "apexflow-console"
  bucket_name             = google_storage_bucket.console.name
  enable_cdn              = true
  compression_mode        = "AUTOMATIC"
  custom_response_headers = local.console_headers

  # The upload sets Cache-Control: a year for assets, `no-cache` for the page.
  cdn_policy {
    cache_mode = "USE_ORIGIN_HEADERS"
  }
}
