from django.urls import path

from billing.views import papers, receipts, statement

app_name = "billing"

urlpatterns = [
    path("", statement.statement, name="statement"),
    path("charges/<slug:space>/", statement.charges, name="charges"),
    path("invoices/<slug:space>/<str:code>/", papers.invoice, name="invoice"),
    path("invoices/<slug:space>/<str:code>.pdf", papers.invoice_pdf, name="invoice_pdf"),
    path("receipts/<slug:space>/<str:code>/", papers.receipt, name="receipt"),
    path("receipts/<slug:space>/<str:code>.pdf", papers.receipt_pdf, name="receipt_pdf"),
    path("receipts/<slug:space>/<str:code>/copies/<int:copy>/", papers.receipt, name="receipt_copy"),
    path("receipts/<slug:space>/<str:code>/copies/<int:copy>.pdf", papers.receipt_pdf, name="receipt_pdf_copy"),
    path("payments/<int:pk>/receipt/", receipts.payment_receipt, name="payment_receipt"),
    path("payments/<int:pk>/receipt/copies/", receipts.receipt_copies, name="receipt_copies"),
]
