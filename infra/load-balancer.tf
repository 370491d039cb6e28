locals {
  # `{id}` matches one segment and `{path+}` the rest of the path, as in the declarations.
  path_templates = {
    for name, function in local.public :
    name => replace(replace(function.route.path, "/\\{[A-Za-z_]+\\+\\}/", "**"), "/\\{[A-Za-z_]+\\}/", "*")
  }

  # Functions ignore one slash at the end of a path; `**` matches it already.
  accepted_paths = {
    for name, template in local.path_templates :
    name => endswith(template, "**") ? [template] : [template, "${template}/"]
  }

  # The first matching rule wins, so fixed segments must come before variable ones: `~` sorts after every letter.
  routes = {
    for name, function in local.public :
    "${replace(local.path_templates[name], "*", "~")} ${function.route.method}" => name
  }
}

resource "google_compute_region_network_endpoint_group" "function" {
  for_each = local.public

  name                  = each.key
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = google_cloud_run_v2_service.function[each.key].name
  }
}

resource "google_compute_backend_service" "function" {
  for_each = local.public

  name                  = each.key
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.edge.id

  backend {
    group = google_compute_region_network_endpoint_group.function[each.key].id
  }

  log_config {
    enable      = true
    sample_rate = 0.1
  }
}

resource "google_compute_url_map" "this" {
  name            = "apexflow"
  default_service = google_compute_backend_service.function["system-get-health"].id

  host_rule {
    hosts        = [var.domain]
    path_matcher = "functions"
  }

  # A path that no rule matches is a room of the console or one of its files.
  path_matcher {
    name            = "functions"
    default_service = google_compute_backend_bucket.console.id

    dynamic "route_rules" {
      for_each = sort(keys(local.routes))

      content {
        priority = route_rules.key
        service  = google_compute_backend_service.function[local.routes[route_rules.value]].id

        dynamic "match_rules" {
          for_each = local.accepted_paths[local.routes[route_rules.value]]

          content {
            path_template_match = match_rules.value

            header_matches {
              header_name = ":method"
              exact_match = local.public[local.routes[route_rules.value]].route.method
            }
          }
        }
      }
    }

    # Every other path of a service goes to a function that answers 404 as a problem.
    dynamic "route_rules" {
      for_each = local.console.service_paths

      content {
        priority = length(local.routes) + route_rules.key
        service  = google_compute_backend_service.function["system-get-health"].id

        match_rules {
          full_path_match = "/${route_rules.value}"
        }

        match_rules {
          path_template_match = "/${route_rules.value}/**"
        }
      }
    }

    # A file that is missing is 404.
    route_rules {
      priority = length(local.routes) + length(local.console.service_paths)
      service  = google_compute_backend_bucket.console.id

      match_rules {
        path_template_match = "/assets/**"
      }
    }

    # A custom error response would replace the 404 of functions too, so the path is rewritten.
    route_rules {
      priority = length(local.routes) + length(local.console.service_paths) + 1
      service  = google_compute_backend_bucket.console.id

      match_rules {
        path_template_match = "/**"
      }

      route_action {
        url_rewrite {
          path_template_rewrite = "/index.html"
        }
      }
    }
  }
}

resource "google_compute_security_policy" "edge" {
  name = "apexflow-edge"

  rule {
    action   = "throttle"
    priority = 1000

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }

    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"

      rate_limit_threshold {
        count        = var.requests_per_minute
        interval_sec = 60
      }
    }
  }

  rule {
    action   = "allow"
    priority = 2147483647

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }
  }

  depends_on = [google_project_service.used]
}

resource "google_compute_global_address" "edge" {
  name = "apexflow-edge"

  depends_on = [google_project_service.used]
}

resource "google_compute_managed_ssl_certificate" "this" {
  name = "apexflow-${replace(var.domain, ".", "-")}"

  managed {
    domains = [var.domain]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_ssl_policy" "modern" {
  name            = "apexflow-modern"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
}

resource "google_compute_target_https_proxy" "this" {
  name             = "apexflow"
  url_map          = google_compute_url_map.this.id
  ssl_certificates = [google_compute_managed_ssl_certificate.this.id]
  ssl_policy       = google_compute_ssl_policy.modern.id
}

resource "google_compute_global_forwarding_rule" "https" {
  name                  = "apexflow-https"
  target                = google_compute_target_https_proxy.this.id
  ip_address            = google_compute_global_address.edge.id
  port_range            = "443"
  load_balancing_scheme = "EXTERNAL_MANAGED"
}

# HTTP requests are redirected to HTTPS, so a key or token that was sent without encryption reaches no function.
resource "google_compute_url_map" "redirect" {
  name = "apexflow-redirect"

  default_url_redirect {
    https_redirect = true
    strip_query    = false
  }
}

resource "google_compute_target_http_proxy" "redirect" {
  name    = "apexflow-redirect"
  url_map = google_compute_url_map.redirect.id
}

resource "google_compute_global_forwarding_rule" "http" {
  name                  = "apexflow-http"
  target                = google_compute_target_http_proxy.redirect.id
  ip_address            = google_compute_global_address.edge.id
  port_range            = "80"
  load_balancing_scheme = "EXTERNAL_MANAGED"
}
