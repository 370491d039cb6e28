variable "alert_email" {
  description = "Where alerts go. Empty: alerts are shown in the console only."
  type        = string
  default     = ""
}

variable "database" {
  description = "Size of the AlloyDB primary. REGIONAL fails over between zones by itself and costs twice as much as ZONAL."
  type = object({
    cpu_count         = optional(number, 2)
    availability_type = optional(string, "ZONAL")
  })
  default = {}
}

variable "default_model" {
  description = "The model of workers whose tenant names none, as provider/model. Empty: the code's own default."
  type        = string
  default     = ""
}

variable "deletion_protection" {
  description = "Whether Terraform refuses to remove what holds data."
  type        = bool
  default     = true
}

variable "domain" {
  description = "The host name that people reach the product at; its DNS must point to the output `address`."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9.-]+\\.[a-z]{2,}$", var.domain))
    error_message = "The domain is a host name without scheme and path."
  }
}

variable "git_hosts" {
  description = "Hosts of the repositories that runs may push to; the first is the one that owner/name means. Empty: github.com."
  type        = list(string)
  default     = []
}

variable "image" {
  description = "The image of new services, with its digest. Later images come from the pipeline, which Terraform leaves alone."
  type        = string
}

variable "project_id" {
  description = "The project that everything lives in."
  type        = string
}

variable "region" {
  description = "The region of functions, queues and the database."
  type        = string
  default     = "us-central1"
}

variable "requests_per_minute" {
  description = "Requests a minute that one address may make before the load balancer answers 429. The functions have finer limits of their own."
  type        = number
  default     = 1200
}

variable "sandbox_image" {
  description = "The image of the service that runs agents' commands, with its digest."
  type        = string
}

variable "secret_values" {
  description = "Values of secrets by the environment variable they become. A model provider's key that is left out is not mounted."
  type        = map(string)
  sensitive   = true

  validation {
    condition = alltrue([
      for name in ["ALLOYDB_ADMIN_PASSWORD", "ALLOYDB_PASSWORD", "CURSOR_SECRET"] :
      length(lookup(var.secret_values, name, "")) >= 24
    ])
    error_message = "ALLOYDB_ADMIN_PASSWORD, ALLOYDB_PASSWORD and CURSOR_SECRET are needed, each with 24 characters or more."
  }
}
